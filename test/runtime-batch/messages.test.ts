// The messages between threads of batch.

import { expect, it } from 'vitest'
import { LyrebirdError } from '../../core/errors.ts'
import { decodeFailure, encodeFailure } from '../../runtime-batch/workers/messages.ts'

it('carries typed failures between threads', () => {
  const error = new LyrebirdError('bad-crc', 'no', { where: { topic: 't', from: '3' }, hint: 'restore it' })
  expect(decodeFailure(structuredClone(encodeFailure(error)))).toMatchObject({
    code: 'bad-crc',
    message: 'no',
    where: error.where,
    hint: 'restore it',
  })
  expect(decodeFailure(encodeFailure(new Error('bug')))).not.toHaveProperty('code')
})
