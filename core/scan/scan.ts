// Everything that emitted decoders call, as one object: the part of the api that reads bytes.

import { Interner } from './interner.ts'
import { KeyTable } from './keys.ts'
import { bigintText, numberRead, readNumber, skipNumber } from './number.ts'
import { RowScanner } from './rows.ts'
import { seekField, skipAny, skipBlanks } from './skip.ts'
import {
  asciiText,
  isAscii,
  isUtf8,
  latin1Text,
  oddText,
  paddedCopy,
  plainBytes,
  plainText,
  SCAN_PADDING,
  skipText,
  stopped,
  utf8Text,
} from './text.ts'

export const SCAN = Object.freeze({
  Interner,
  KeyTable,
  RowScanner,
  SCAN_PADDING,
  asciiText,
  bigintText,
  isAscii,
  isUtf8,
  latin1Text,
  numberRead,
  oddText,
  paddedCopy,
  plainBytes,
  plainText,
  readNumber,
  seekField,
  skipAny,
  skipBlanks,
  skipNumber,
  skipText,
  stopped,
  utf8Text,
})

export type Scan = typeof SCAN
