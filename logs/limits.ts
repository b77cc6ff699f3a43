// Every limit of the log readers and writers in one place, with the reason for each.
//
// Promises: a hostile or broken input is refused (`too-big`) before memory for it is taken.

/** Largest record batch as stored. Kafka's default is 1 MiB; topics for large messages go to some tens. */
export const BATCH_BYTES_MAX = 128 * 1024 * 1024
/** Largest record batch once decompressed: stops a decompression bomb. */
export const DECOMPRESSED_BYTES_MAX = 128 * 1024 * 1024
/** Largest single record (key, value and headers together), and largest line of an archive. */
export const RECORD_BYTES_MAX = 64 * 1024 * 1024
/** Wanted bytes of a chunk and of one read from a file. */
export const CHUNK_BYTES = 1024 * 1024
/** Bytes that are read at once on the way to the first record, however small the chunks are to be. */
export const SEEK_BYTES = 256 * 1024
/** Wanted bytes of a batch that our own writers make. */
export const WRITE_BATCH_BYTES = 64 * 1024
/** Most records of a batch that our own writers make. */
export const WRITE_BATCH_RECORDS_MAX = 8192
/** A segment is closed once it has grown to this size. */
export const SEGMENT_BYTES = 128 * 1024 * 1024

/** Most partitions of a topic that we make: a typing error must not make a million folders. */
export const PARTITION_COUNT_MAX = 100_000

/** Bytes of one read from a gzip file, and of one piece of what it unpacks to. */
export const GZIP_READ_BYTES = 256 * 1024

/** Bytes of waiting records at which `append` writes and syncs them. */
export const APPEND_FLUSH_BYTES = 8 * 1024 * 1024
/** What a waiting record takes beside its bytes: empty lines must not wait without end. */
export const APPEND_RECORD_BYTES = 128
/** `append` also writes when its input pauses for so many ms: a slow producer's records are visible soon. */
export const APPEND_PAUSE_MS = 100

/** ms between polls of a log's folders, beside the system's watches: network file systems have none. */
export const DIRECTORY_POLL_MS = 250
