// Libraries that parse and print formats, and that hash.

export const PARSERS = [
  [
    'csv-parse',
    `import { parse } from 'csv-parse/browser/esm/sync'
export const use = (n: number, s: string) => JSON.stringify(parse('a,b\\n' + n + ',' + s, { columns: true }))`,
  ],
  [
    'papaparse',
    `import Papa from 'papaparse'
export const use = (n: number, s: string) => JSON.stringify(Papa.parse('a,b\\n' + n + ',"' + s + '"', { header: true }).data)`,
  ],
  [
    'yaml',
    `import { parse, stringify } from 'yaml'
export const use = (n: number, s: string) => JSON.stringify(parse('a: ' + n + '\\nb: [' + s + ']')) + stringify({ n })`,
  ],
  [
    'js-yaml',
    `import { load } from 'js-yaml'
export const use = (n: number, s: string) => JSON.stringify(load('a: ' + n + '\\nb: [' + s + ']'))`,
  ],
  [
    'json5',
    `import JSON5 from 'json5'
export const use = (n: number, s: string) => JSON.stringify(JSON5.parse("{a: " + n + ", b: '" + s + "',}"))`,
  ],
  [
    'ini',
    `import { parse } from 'ini'
export const use = (n: number, s: string) => JSON.stringify(parse('[' + s + ']\\nn=' + n))`,
  ],
  [
    'smol-toml',
    `import { parse } from 'smol-toml'
export const use = (n: number, s: string) => JSON.stringify(parse('n = ' + n + '\\ns = "' + s + '"'))`,
  ],
  [
    'fast-xml-parser',
    `import { XMLParser } from 'fast-xml-parser'
export const use = (n: number, s: string) => JSON.stringify(new XMLParser({ ignoreAttributes: false }).parse('<a k="' + s + '"><b>' + n + '</b></a>'))`,
  ],
  [
    'query-string',
    `import queryString from 'query-string'
export const use = (n: number, s: string) => JSON.stringify(queryString.parse('a=' + n + '&b=' + s))`,
  ],
  [
    'qs',
    `import qs from 'qs'
export const use = (n: number, s: string) => JSON.stringify(qs.parse('a[b]=' + n + '&c=' + s)) + qs.stringify({ a: { n } })`,
  ],
  [
    'semver',
    `import semver from 'semver'
export const use = (n: number, s: string) => String(semver.satisfies('1.' + n + '.0', '>=1.3')) + s`,
  ],
  [
    'marked',
    `import { marked } from 'marked'
export const use = (n: number, s: string) => String(marked.parse('# ' + s + '\\n\\n* ' + n))`,
  ],
  [
    'markdown-it',
    `import MarkdownIt from 'markdown-it'
const md = new MarkdownIt()
export const use = (n: number, s: string) => md.render('# ' + s + '\\n\\n* ' + n)`,
  ],
  [
    'path-to-regexp',
    `import { match } from 'path-to-regexp'
const route = match<{ id: string }>('/users/:id')
export const use = (n: number, s: string) => { const m = route('/users/' + s + n); return m === false ? '-' : m.params.id }`,
  ],
  [
    'picomatch',
    `import picomatch from 'picomatch'
const isMatch = picomatch('a*')
export const use = (n: number, s: string) => String(isMatch(s)) + n`,
  ],
  [
    'ipaddr.js',
    `import ipaddr from 'ipaddr.js'
export const use = (n: number, s: string) => ipaddr.parse('10.0.0.' + n).range() + s`,
  ],
  [
    'tldts',
    `import { getDomain } from 'tldts'
export const use = (n: number, s: string) => getDomain('https://www.' + s + '.co.uk/' + n) + ''`,
  ],
  [
    'htmlparser2',
    `import { parseDocument } from 'htmlparser2'
export const use = (n: number, s: string) => parseDocument('<p>' + s + '</p><b>' + n).children.length + s`,
  ],
  [
    'entities',
    `import { decodeHTML } from 'entities'
export const use = (n: number, s: string) => decodeHTML('&lt;' + s + '&eacute;') + n`,
  ],
  [
    'he',
    `import { decode, encode } from 'he'
export const use = (n: number, s: string) => decode('&lt;' + s) + encode('é') + n`,
  ],
  [
    '@msgpack/msgpack',
    `import { decode, encode } from '@msgpack/msgpack'
export const use = (n: number, s: string) => JSON.stringify(decode(encode({ n, s })))`,
  ],
  [
    'jsonpath-plus',
    `import { JSONPath } from 'jsonpath-plus'
export const use = (n: number, s: string) => JSON.stringify(JSONPath({ path: '$.a[*].n', json: { a: [{ n }, { n: s }] } }))`,
  ],
  [
    'jmespath',
    `import jmespath from 'jmespath'
export const use = (n: number, s: string) => JSON.stringify(jmespath.search({ a: [{ n }, { n: s }] }, 'a[].n'))`,
  ],
  [
    'fast-json-patch',
    `import jsonpatch from 'fast-json-patch'
export const use = (n: number, s: string) => JSON.stringify(jsonpatch.compare({ n: 1, s }, { n, s: 'x' }))`,
  ],
  [
    'superjson',
    `import superjson from 'superjson'
export const use = (n: number, s: string) => superjson.stringify({ d: new Date(n), m: new Map([[s, n]]) })`,
  ],
  [
    'flatted',
    `import { parse, stringify } from 'flatted'
export const use = (n: number, s: string) => stringify(parse(stringify({ n, s })))`,
  ],
  [
    '@noble/hashes',
    `import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
export const use = (n: number, s: string) => bytesToHex(sha256(utf8ToBytes(s + n)))`,
  ],
  [
    'js-sha256',
    `import { sha256 } from 'js-sha256'
export const use = (n: number, s: string) => sha256(s + n)`,
  ],
  [
    'crc-32',
    `import { str } from 'crc-32'
export const use = (n: number, s: string) => String(str(s + n))`,
  ],
  [
    'blueimp-md5',
    `import md5 from 'blueimp-md5'
export const use = (n: number, s: string) => md5(s + n)`,
  ],
  [
    'spark-md5',
    `import SparkMD5 from 'spark-md5'
export const use = (n: number, s: string) => SparkMD5.hash(s + n)`,
  ],
  [
    'crypto-js',
    `import CryptoJS from 'crypto-js'
export const use = (n: number, s: string) => CryptoJS.SHA256(s + n).toString()`,
  ],
  [
    'js-base64',
    `import { Base64 } from 'js-base64'
export const use = (n: number, s: string) => Base64.encode(s + 'é' + n) + Base64.decode('YQ==')`,
  ],
  [
    'base64-js',
    `import { fromByteArray } from 'base64-js'
export const use = (n: number, s: string) => fromByteArray(Uint8Array.of(n, 2, 3)) + s`,
  ],
]
