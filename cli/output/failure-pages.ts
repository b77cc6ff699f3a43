// A page for each code word of a run-time failure: what it means and what to do.
//
// Promises: every word of core/errors.ts has one, by type. Pages of diagnostics are in `compiler/messages`.

import { FAILURES, type FailureCode } from '../../core/errors.ts'

export const FAILURE_PAGES: Readonly<Record<FailureCode, string>> = {
  usage: 'The command line was not understood. The message says which part; lyrebird COMMAND --help lists the options.',
  'engine-flag':
    'Node was started with a flag under which nothing here can run, or under which lambdas would compute something else. Take it out of the command or of NODE_OPTIONS.',
  'unknown-topic': 'The log has no such topic. The message names the nearest one; lyrebird append makes new ones.',
  'unknown-view': 'The state holds no such view. The message lists what there is.',
  'malformed-cut':
    'A cut is written topic/partition:offset, separated by commas, or is end, or a file that holds either.',
  'incomplete-cut': 'A cut names every partition that exists for it. Add the partitions that the message lists.',
  'bad-name':
    'Names of topics are 1 to 249 letters, digits, dots, underscores and hyphens. Nothing else becomes a path.',
  'partition-count': 'A topic keeps the number of partitions that it was made with: keys would move otherwise.',
  'not-appendable':
    'append refused content of another format, a header that does not fit, or a topic that is not its own. Files leave nothing behind; --dry-run tries, --unchecked takes what looks wrong.',
  'log-lacks':
    'The job needs keys, headers or timestamps, and this log has none. Take the time from the value, or bind another log.',
  'job-failed':
    "A lambda failed where no dead letter is possible, such as in an aggregation's plus. Mend the job; the last commit is intact.",
  'disk-full': 'There was no room for the commit. The last commit is intact: make room and run the same command again.',
  'disk-failed':
    'The disk reported an error, or gave back other bytes than were written. The last commit is intact: check the disk, then run the same command again.',
  'system-limit':
    'A limit that the system sets for the process is too low: the number of open files (ulimit -n) or the address space (ulimit -v). Raise it and run the same command again.',
  'group-too-big':
    'What a node keeps for one key (in an aggregation, scan or joinWithin) has outgrown the memory of the run; the last commit is intact. Keep less for a key (topK, sample, shorter windows), or give the run more with --memory SIZE.',
  'check-failed': 'The job does not compile. lyrebird check JOB.ts shows every diagnostic.',
  'output-unsupported': 'Outputs go to a log directory or to Kafka: nothing else would be exactly once.',
  'broker-unreachable': 'No broker answered at that address. Check the address and that the broker runs.',
  'broker-auth':
    'The broker refused the credentials or the certificate, or this user lacks a right, which the message names. See LYREBIRD_KAFKA_* in the environment, and docs/kafka.md for the rights.',
  'broker-error': 'The broker answered with an error that does not pass. The message holds its code.',
  'sink-away':
    'The system that takes the rows of a view has not answered for as long as the run may wait. The message says what it is and why. Rows and position are as after the last commit that it took; the next run goes on from there.',
  'sink-auth':
    'The system that takes the rows refuses the login or the certificate. Its address comes from lyrebird.config.ts, or from the variable of the environment that it names.',
  'sink-refused':
    'The system that takes the rows is not as it must be: a table has other columns, a right or a schema is missing. The message says which. Nothing was written.',
  'sink-failed':
    'The system that takes the rows answered with an error that does not pass. The message holds its text; nothing of the commit was written there.',
  'registry-unreachable':
    'No schema registry answered at that URL, also when asked again. Check the URL and that the registry runs. Runs never need one: only lyrebird schemas asks it.',
  'registry-auth':
    'The registry refused the credentials, or what they ask for. They come from LYREBIRD_REGISTRY_USER and LYREBIRD_REGISTRY_PASSWORD, or from LYREBIRD_REGISTRY_TOKEN.',
  'registry-error':
    'The registry answered with an error, or with something that no schema registry answers. The message holds its text.',
  'schema-refused':
    'The registry does not take the schema: it is incompatible with versions that the subject has, or no valid schema. The message holds its reasons; nothing was registered.',
  'schema-differs':
    'An id has one schema in the registry and another one in the job or the file. Ids never change their schema, so one of them is of another registry, or was edited. Fetch the schemas into a new file and compare.',
  'log-gap':
    'Offsets are missing between two files of a partition. Restore the file; reading on would skip records in silence.',
  'log-overlap': 'Two files of a partition hold the same offsets. Remove the one that does not belong there.',
  'bad-crc':
    'A checksum does not match: the file is damaged. Restore a segment from a copy. Where it is the mark of what is published, lyrebird repair TOPIC --log DIR finds the end anew.',
  'bad-batch': 'A batch of a segment cannot be what it says. The file is damaged or of another format.',
  truncated: 'A file ends in the middle of a record, or shorter than was published. Restore it from a copy.',
  'input-changed': 'A file of the log changed while it was read. Logs are append-only; run again on a log at rest.',
  'range-lost':
    'Records that the run needs are no longer in the log. Recompute from what there is with a new state, or restore them.',
  'log-rewritten':
    'The log holds another record where the state has read its last one: it was cut back and written again, restored from an older copy, or replaced. Bring the former log back, or recompute with a new state.',
  'topic-recreated': 'The topic was deleted and made anew: its offsets mean other records. Recompute with a new state.',
  'partition-added':
    'The topic has a partition that is new to the state. --admit takes it in at the present watermark: its records before that are late. One that begins with a tick needs none: lyrebird tick TOPIC/P --at TIME.',
  'unknown-codec': 'A batch is compressed in a way that this version cannot read.',
  'too-big': 'A record or batch is larger than any that this version reads.',
  'sink-owned':
    'The table or file holds rows of another state, or of somebody else. Bind the view to another one, or replace the rows once with --republish.',
  'state-locked': 'Another process writes this state. Wait for it or end it; queries are possible meanwhile.',
  'process-number-taken':
    'A process of the same number has the state open in another container. query and verify take another number by themselves; a writer waits ten seconds. End the other one, or start this one as a child of a shell.',
  'state-missing': 'There is no state in that directory. lyrebird batch or lyrebird stream makes one.',
  'state-sealed':
    'The state is of a finished history (--final): later records would fall into closed windows. Compute a new one without --final to go on.',
  'state-past-until': 'The state is already past the cut. Use a new state directory for an earlier cut.',
  'state-incompatible':
    'The state was computed by another version of the job, or its calendar windows or formatted texts with another ICU or other time zone data. The message says what changed; compute it anew beside the old one.',
  'state-too-new': 'The state was written by a newer version of lyrebird. Use that version.',
  'state-corrupt': 'The state is damaged. Put the directory aside and compute it anew from the log.',
  'stale-owner': 'Another process has taken this state over. Nothing of this one was written after that.',
  'topic-owned': 'The output topic belongs to another state. Write to another topic, or with --out to another place.',
  'output-changed':
    'A topic is what one version of an output has made of the log; records of an edited one do not belong behind them. Write .to() another name: the message says which. The old topic stays as it is.',
  'log-locked':
    'Another process writes this topic. append waits for it for a while; run the command again once it has ended. Reading is possible meanwhile.',
  'artefact-incompatible':
    'The compiled job was emitted for another version of lyrebird. Compile it again: lyrebird compile JOB.ts --out DIR. States stay as they are.',
  'artefact-damaged':
    'A file of the compiled job is not what the compiler wrote. Compile it again: lyrebird compile JOB.ts --out DIR. States stay as they are.',
  'not-equivalent':
    'Two computations of the same cut differ: a bug in lyrebird or a lambda that is not a function of its record.',
}

/** Null for a word that no failure has. */
export function failurePage(word: string): string | null {
  if (!Object.hasOwn(FAILURE_PAGES, word)) return null
  return `# ${word}\n\n${FAILURE_PAGES[word as FailureCode]}\n\nExit code ${FAILURES[word as FailureCode]}.\n`
}
