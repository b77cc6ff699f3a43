// Libraries of text, geography, numbers as texts, and languages.

export const TEXTS = [
  [
    'change-case',
    `import { camelCase, snakeCase } from 'change-case'
export const use = (n: number, s: string) => camelCase(s + ' two') + snakeCase('a' + s + 'Two') + n`,
  ],
  [
    'slugify',
    `import slugify from 'slugify'
export const use = (n: number, s: string) => (slugify as unknown as (t: string) => string)('Ünder ' + s + ' & ' + n)`,
  ],
  [
    'pluralize',
    `import pluralize from 'pluralize'
export const use = (n: number, s: string) => pluralize('person', n, true) + s`,
  ],
  [
    'fastest-levenshtein',
    `import { distance } from 'fastest-levenshtein'
export const use = (n: number, s: string) => String(distance(s, 'abc')) + n`,
  ],
  [
    'compromise',
    `import nlp from 'compromise'
export const use = (n: number, s: string) => nlp('she walks ' + n + ' miles').verbs().toPastTense().out('text') + s`,
    'refused',
  ],
  [
    'fuse.js',
    `import Fuse from 'fuse.js'
export const use = (n: number, s: string) => JSON.stringify(new Fuse(['apple', 'pear', 'b' + s]).search('appl')) + n`,
  ],
  [
    'minisearch',
    `import MiniSearch from 'minisearch'
export const use = (n: number, s: string) => { const m = new MiniSearch({ fields: ['t'] }); m.addAll([{ id: n, t: 'red apple' }]); return JSON.stringify(m.search('apple').map(r => r.id)) + s }`,
  ],
  [
    'lunr',
    `import lunr from 'lunr'
export const use = (n: number, s: string) => lunr.stemmer(new lunr.Token('walking', {})).toString() + n + s`,
  ],
  [
    'mustache',
    `import Mustache from 'mustache'
export const use = (n: number, s: string) => Mustache.render('{{s}} has {{n}}', { n, s })`,
  ],
  [
    'handlebars',
    `import Handlebars from 'handlebars'
const page = Handlebars.compile('{{s}} has {{n}}')
export const use = (n: number, s: string) => String(page({ n, s }))`,
  ],
  [
    'diff',
    `import { diffChars } from 'diff'
export const use = (n: number, s: string) => JSON.stringify(diffChars(s, 'b' + n))`,
    'refused',
  ],
  [
    'emoji-regex',
    `import emojiRegex from 'emoji-regex'
export const use = (n: number, s: string) => String((s + '😀').match(emojiRegex())?.length) + n`,
  ],
  [
    'string-width',
    `import stringWidth from 'string-width'
export const use = (n: number, s: string) => String(stringWidth(s + '古')) + n`,
  ],
  [
    'numeral',
    `import numeral from 'numeral'
export const use = (n: number, s: string) => numeral(n * 1234.5).format('0,0.00') + s`,
  ],
  [
    'filesize',
    `import { filesize } from 'filesize'
export const use = (n: number, s: string) => String(filesize(n * 123456)) + s`,
  ],
  [
    'bytes',
    `import bytes from 'bytes'
export const use = (n: number, s: string) => String(bytes(n * 123456)) + s`,
  ],
  [
    '@turf/turf',
    `import { distance, point } from '@turf/turf'
export const use = (n: number, s: string) => distance(point([13, 52]), point([n, 48])).toFixed(6) + s`,
  ],
  [
    'geolib',
    `import { getDistance } from 'geolib'
export const use = (n: number, s: string) => String(getDistance({ latitude: 52, longitude: 13 }, { latitude: 48, longitude: n })) + s`,
  ],
  [
    'ngeohash',
    `import geohash from 'ngeohash'
export const use = (n: number, s: string) => geohash.encode(52.5, n) + s`,
  ],
  [
    'h3-js',
    `import { latLngToCell } from 'h3-js'
export const use = (n: number, s: string) => latLngToCell(52.5, n, 7) + s`,
  ],
  [
    'proj4',
    `import proj4 from 'proj4'
export const use = (n: number, s: string) => proj4('EPSG:3857', [n, 52]).map(x => x.toFixed(3)).join() + s`,
  ],
  [
    'd3-array',
    `import { ascending, bisect, extent } from 'd3-array'
export const use = (n: number, s: string) => [bisect([1, 2, 4], n), ...extent([n, 7])].join() + ascending(1, n) + s`,
  ],
  [
    'd3-format',
    `import { format } from 'd3-format'
export const use = (n: number, s: string) => format(',.2f')(n * 12345.678) + s`,
  ],
  [
    'd3-time',
    `import { utcMonth } from 'd3-time'
export const use = (n: number, s: string) => utcMonth.floor(new Date(n * 900000000)).toISOString() + s`,
  ],
  [
    'flatbush',
    `import Flatbush from 'flatbush'
export const use = (n: number, s: string) => { const f = new Flatbush(1); f.add(0, 0, n, n); f.finish(); return f.search(1, 1, 2, 2).join() + s }`,
  ],
  [
    'supercluster',
    `import Supercluster from 'supercluster'
export const use = (n: number, s: string) => String(new Supercluster().load([{ type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates: [n, 5] } }]).getClusters([-180, -85, 180, 85], 2).length) + s`,
    'refused',
  ],
  [
    'wellknown',
    `import { parse } from 'wellknown'
export const use = (n: number, s: string) => JSON.stringify(parse('POINT(' + n + ' 2)')) + s`,
  ],
  [
    'intl-messageformat',
    `import { IntlMessageFormat } from 'intl-messageformat'
const message = new IntlMessageFormat('{n, plural, one {# item} other {# items}} for {s}', 'en')
export const use = (n: number, s: string) => String(message.format({ n, s }))`,
  ],
  [
    'i18next',
    `import i18next from 'i18next'
const i18n = i18next.createInstance()
void i18n.init({ lng: 'de', initAsync: false, resources: { de: { translation: { greet: 'Hallo {{s}}' } } } })
export const use = (n: number, s: string) => i18n.t('greet', { s }) + n`,
  ],
  [
    'i18n-iso-countries',
    `import countries from 'i18n-iso-countries'
export const use = (n: number, s: string) => String(countries.alpha2ToAlpha3('DE')) + n + s`,
  ],
  [
    'currency-codes',
    `import { code } from 'currency-codes'
export const use = (n: number, s: string) => String(code('EUR')?.digits) + n + s`,
  ],
  [
    'iso-639-1',
    `import ISO6391 from 'iso-639-1'
export const use = (n: number, s: string) => ISO6391.getName('ko') + n + s`,
  ],
]
