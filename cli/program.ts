// The commands and their options.
//
// Promises: the surface of docs/cli.md and nothing else; the code of a command is loaded only when the command is used.
// The commands are in `commands/`; values are checked in `options.ts`.

import { Command } from 'commander'
import { didYouMean } from '../core/did-you-mean.ts'
import { LyrebirdError } from '../core/errors.ts'
import type { Terminal } from './output/terminal.ts'
import { version } from './package.ts'

/** The exit code that a command ends with where it does not throw. */
interface Ended {
  code: number
}

const LOG = 'a log directory, or kafka://HOST:PORT,...'
const ARCHIVE = 'stored files with older records of the same topics: read first, the log from where they end'
const STATE = 'the state directory'
const UNTIL = 'where to stop: end, or topic/0:1200,topic/1:990, or a file that holds a cut'
const FINAL = 'the history is complete at the end: every window closes, and nothing can follow'
const OUT = 'where output topics are: a log directory or kafka://HOST:PORT (default: that of LOG, or STATE/out)'
const ADMIT = 'take partitions that are new to the state in at the present watermark'
const GIVE_UP = 'how long brokers may be away, such as 10m (default: 60s; a stream without --until waits for good)'
const MEMORY = 'memory for what is computed, such as 512MB or 4GB; more goes to the disk (default: by the machine)'
const LISTEN = 'answer /metrics (Prometheus), /healthz and /readyz on HOST:PORT, such as 127.0.0.1:9464'
const TICKS = 'write ticks into partitions that have had no record for so long, such as 1m'
const LOG_FORMAT = 'what is said on stderr: text (default), or json, one object a line'
const UPGRADE =
  'take a changed job over into the state: what changed is computed beside the running version, then swapped'
const AS = 'compute a changed job as a state of its own in this directory, and keep the old one'
const JSON_TEXT = 'one JSON object on stdout'

export function buildProgram(terminal: Terminal, ended: Ended): Command {
  const program = new Command('lyrebird')
    .description('Write one job in TypeScript; run it in batch over stored logs and as a stream over live partitions.')
    .version(version(), '--version', 'print the version')
    .option('--no-color', 'no colours (so does NO_COLOR=1)')
    .helpOption('--help', 'show help')
    .helpCommand('help [command]', 'show help for a command')
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({ writeOut: text => process.stdout.write(text), writeErr: () => {}, outputError: () => {} })
    .addHelpText('after', AFTER)
    .action((_, command: Command) => {
      if (command.args.length > 0) throw unknownCommand(program, command.args[0] as string)
      program.outputHelp()
    })
    .allowExcessArguments()
  addCompiling(program, terminal, ended)
  addRunning(program, terminal)
  addVerify(program, terminal, ended)
  addLog(program, terminal)
  addLooking(program, terminal, ended)
  addReading(program, terminal)
  addSchemas(program, terminal)
  for (const command of program.commands) {
    command.copyInheritedSettings(program)
    command.allowExcessArguments(false)
  }
  return program
}

function addCompiling(program: Command, terminal: Terminal, ended: Ended): void {
  program
    .command('check')
    .summary('say everything that is wrong with a job')
    .description(
      'Checks a job: its types, and that batch and stream must agree on it. Prints every diagnostic; exit 3 if one is an error.',
    )
    .argument('<job>', 'the job file, such as jobs/page-views.ts')
    .option('--json', JSON_TEXT)
    .action(async (job, options) => {
      ended.code = await (await import('./commands/check.ts')).check(job, options, terminal)
    })
  program
    .command('compile')
    .summary('write the artefact of a job')
    .description('Compiles a job to a folder that runs on its own: node OUT/batch.mjs --log LOG --state STATE')
    .argument('<job>', 'the job file')
    .option('--out <dir>', 'where to write (default: dist/NAME)')
    .option('--docker', 'a Dockerfile and what it needs, beside')
    .option('--k8s', 'manifests for Kubernetes, beside')
    .option('--json', JSON_TEXT)
    .action(async (job, options) => (await import('./commands/compile.ts')).compile(job, options, terminal))
}

function addRunning(program: Command, terminal: Terminal): void {
  const common = (command: Command): Command =>
    command
      .argument('<job>', 'the job file')
      .option('--log <log>', LOG)
      .option('--archive <dir>', ARCHIVE)
      .option('--state <dir>', STATE)
      .option('--from <from>', 'where a new state begins: a time, or a cut such as topic/0:1200 (default: the start)')
      .option('--until <cut>', UNTIL)
      .option('--final', FINAL)
      .option('--out <dir>', OUT)
      .option('--replication <n>', 'replicas of topics that are made in Kafka (default: that of the cluster)')
      .option('--min-insync <n>', 'how many of them must have a record (default: that of the cluster)')
      .option('--compression <codec>', 'of records that go to Kafka: lz4 (default) or none')
      .option('--republish', 'rewrite changes in Kafka that another line of commits wrote')
      .option('--admit', ADMIT)
      .option('--give-up-after <duration>', GIVE_UP)
      .option('--memory <size>', MEMORY)
      .option('--json', JSON_TEXT)
  common(program.command('batch'))
    .summary('compute a job over a stored log')
    .description('Reads the log up to a cut, in parallel, and commits once. Goes on from a state that is there.')
    .option('--workers <n>', 'partitions read at once (default: the processors there are)')
    .addHelpText(
      'after',
      '\nExample:\n  lyrebird batch jobs/page-views.ts --log log --state state\n  lyrebird query traffic --state state',
    )
    .action(async (job, options) => (await import('./commands/batch.ts')).batch(job, options, terminal))
  common(program.command('stream'))
    .summary('follow a log live')
    .description(
      'Follows the log and commits at intervals until Ctrl-C (or --until). After a crash it goes on from its own cut.',
    )
    .option('--commit-interval <duration>', 'time between commits, such as 500ms or 10s (default: 1s)')
    .option('--listen <address>', LISTEN)
    .option('--ticks <duration>', TICKS)
    .option('--log-format <format>', LOG_FORMAT)
    .addHelpText('after', '\nExample:\n  lyrebird stream jobs/page-views.ts --log log --state state')
    .action(async (job, options) => (await import('./commands/stream.ts')).stream(job, options, terminal))
  common(program.command('run'))
    .summary('history by batch, then live, in one process')
    .description(
      'Brings the state up to the end of the log by batch, and follows the log from those very offsets on. Goes on from a state that is there; one that is little behind goes live at once.',
    )
    .option('--workers <n>', 'partitions of the history read at once (default: the processors there are)')
    .option('--commit-interval <duration>', 'time between commits when it is live, such as 500ms or 10s (default: 1s)')
    .option('--upgrade', UPGRADE)
    .option('--as <new>', AS)
    .option('--listen <address>', LISTEN)
    .option('--ticks <duration>', TICKS)
    .option('--log-format <format>', LOG_FORMAT)
    .addHelpText(
      'after',
      '\nExample:\n  lyrebird run jobs/page-views.ts --log kafka://127.0.0.1:9092 --archive archive --state state',
    )
    .action(async (job, options) => (await import('./commands/run.ts')).run(job, options, terminal))
}

function addVerify(program: Command, terminal: Terminal, ended: Ended): void {
  program
    .command('verify')
    .summary('show that batch, stream and reference agree, or that a state is right')
    .description(VERIFY)
    .argument('<job>', 'the job file')
    .option('--log <log>', LOG)
    .option('--archive <dir>', ARCHIVE)
    .option('--state <dir>', 'a state to verify, also while a run or a stream writes it')
    .option('--out <dir>', "where that state's output topics are (default: where it has written to)")
    .option('--hold <duration>', 'how long a commit of the state may be held while it is copied (default: 30s)')
    .option('--workers <n>', 'with --state: partitions read at once (default: the processors there are)')
    .option('--memory <size>', MEMORY)
    .option('--give-up-after <duration>', GIVE_UP)
    .option('--until <cut>', UNTIL)
    .option('--final', FINAL)
    .option('--interleavings <n>', 'schedules of the stream to try (default: 10; with --state: none)')
    .option('--seed <n>', 'seed of the first schedule (default: drawn, and told)')
    .option('--json', JSON_TEXT)
    .addHelpText(
      'after',
      '\nExample:\n  lyrebird verify jobs/page-views.ts --log kafka://127.0.0.1:9092 --archive archive --state state',
    )
    .action(async (job, options) => {
      ended.code = await (await import('./commands/verify.ts')).verify(job, options, terminal)
    })
}

function addReading(program: Command, terminal: Terminal): void {
  program
    .command('query')
    .summary('print the rows of a view')
    .description('Prints the rows of a view at the last commit, one a line, also while a stream is writing.')
    .argument('<view>', 'a view; or @late, @dead-letters, @outputs/NAME, @cut, @commit')
    .option('--state <dir>', STATE)
    .option('--out <dir>', "where that state's output topics are (default: where it has written to)")
    .option('--key <json>', 'only rows with this key, such as \'"KR"\' or \'{"country":"KR"}\'')
    .option('--format <format>', 'ndjson, table or csv (default: ndjson)')
    .option('--json', 'the same as --format ndjson')
    .addHelpText('after', '\nExample:\n  lyrebird query traffic --state state --key \'"KR"\' --format table')
    .action(async (view, options) => (await import('./commands/query.ts')).query(view, options, terminal))
  program
    .command('serve')
    .summary('answer the views over HTTP')
    .description(
      'Answers the views of a state over HTTP, also while a run or a stream writes it: /views, /views/NAME, /views/NAME/rows. Ends with SIGINT or SIGTERM.',
    )
    .option('--state <dir>', STATE)
    .option('--host <host>', 'where to listen (default: 127.0.0.1)')
    .option('--port <n>', 'the port; 0 for a free one (default: 8080)')
    .option('--token-file <file>', 'a file whose content each request must bring')
    .option('--insecure', 'listen on another host than loopback without a token')
    .option('--allow-host <name>', 'a further name under which the service may be asked; repeatable', several)
    .addHelpText('after', '\nExample:\n  lyrebird serve --state state --port 8080')
    .action(async options => (await import('./commands/serve.ts')).serve(options, terminal))
  program
    .command('status')
    .summary('show how far a state is, also while it runs')
    .description(
      'Prints positions and lag, watermarks and what holds them back, how old each view is, late records and dead letters, and what has arrived of outputs.',
    )
    .option('--state <dir>', STATE)
    .option('--log <log>', 'where the records come from: without it positions are told without lag')
    .option('--json', JSON_TEXT)
    .addHelpText('after', '\nExample:\n  lyrebird status --state state --log kafka://127.0.0.1:9092')
    .action(async options => (await import('./commands/status.ts')).status(options, terminal))
  program
    .command('explain')
    .summary('explain a word of a message, or a compiled plan')
    .description('Prints the page of a diagnostic or failure, or what a compiled plan will do.')
    .argument('<word-or-plan>', 'a word such as clock-in-lambda, or a plan.json, or the folder it lies in')
    .option('--json', 'the plan itself as JSON')
    .action(async (word, options) => (await import('./commands/explain.ts')).explain(word, options, terminal))
}

function addSchemas(program: Command, terminal: Terminal): void {
  program
    .command('schemas')
    .summary('fetch schemas from a schema registry, or register one')
    .description(
      'Prints the schemas of all versions of subjects by their ids, as the JSON that avro() and protobuf() take; lists the subjects where none is named. Runs never ask a registry: jobs import the file.',
    )
    .argument('[subjects...]', 'subjects of Avro or Protobuf, such as trades-value')
    .option('--registry <url>', 'the registry, as https://HOST:PORT')
    .option('--id <n>', 'the schema of this id too; repeatable', several)
    .option('--into <file>', 'add them to a JSON file; what it has stays')
    .option('--register <file>', 'first register the schema of an .avsc or .proto file, and print its id')
    .option(
      '--reference <reference>',
      'with --register: what it uses of another subject, as NAME=SUBJECT:VERSION; repeatable',
      several,
    )
    .option('--check <job>', 'check that the schemas of a job are those of the registry')
    .option('--json', JSON_TEXT)
    .addHelpText('after', SCHEMAS_AFTER)
    .action(async (subjects, options) => (await import('./commands/schemas.ts')).schemas(subjects, options, terminal))
}

/** Commands that write to a log. */
function addLog(program: Command, terminal: Terminal): void {
  program
    .command('append')
    .summary('put records into an embedded log')
    .description(
      'Appends files, or stdin where none is named, to a topic of an embedded log. What is reported is on the disk.',
    )
    .argument('<topic>', 'the topic; made where it is missing')
    .argument('[files...]', 'files to append; - is stdin')
    .option('--log <dir>', 'the log directory; made where it is missing')
    .option('--partitions <n>', 'partitions of a new topic (default: 1)')
    .option('--key <field>', 'the field whose value is the key')
    .option('--timestamp <field>', 'the field whose value is the timestamp, in ms or ISO 8601 (default: the clock)')
    .option(
      '--delete <key>',
      'afterwards a record of this key without value, a deletion for table(); repeatable',
      several,
    )
    .option('--at <time>', 'the time of the deletions, in ms or ISO 8601 (default: the clock)')
    .option('--tick <time>', 'afterwards a tick with this time in every partition, in ms or ISO 8601')
    .option('--format <format>', 'json, lines, csv, or bytes: each file is one record (default: json)')
    .option('--for <job>', 'a job that reads the topic: every record must be one that it can read')
    .option('--dry-run', 'read and check everything, and write nothing')
    .option('--unchecked', 'take content that looks like another format, and fields that no record has')
    .option('--columns <names>', 'csv: names of the columns, a,b,c, where no header names them')
    .option('--header', 'csv: the first line is a header, whatever it looks like; --columns replaces it')
    .option('--no-header', 'csv: there is no header')
    .option('--delimiter <character>', 'csv: between columns, such as ; or tab (default: found out)')
    .option('--quote <character>', 'csv: around columns, or none (default: found out)')
    .option('--escape <character>', 'csv: before a quote inside quotes (default: found out)')
    .option('--encoding <name>', 'of the text, such as windows-1252 (default: utf-8, or utf-16 where it shows)')
    .option('--json', JSON_TEXT)
    .addHelpText('after', '\nExample:\n  lyrebird append page-views --log log --partitions 4 --key user events.ndjson')
    .action(async (topic, files, options) =>
      (await import('./commands/append.ts')).append(topic, files, options, terminal),
    )
  program
    .command('repair')
    .summary('find the published end of a topic anew')
    .description(
      'For a topic of an embedded log whose mark of what is published is damaged (bad-crc names it): finds the end anew from the records, keeps every whole one, and cuts nothing off.',
    )
    .argument('<topic>', 'the topic')
    .option('--log <dir>', 'the log directory')
    .option('--json', JSON_TEXT)
    .action(async (topic, options) => (await import('./commands/repair.ts')).repair(topic, options, terminal))
  program
    .command('tick')
    .summary('move event time on in a partition that gets no records')
    .description(
      'Writes a tick into partitions of an embedded log or of Kafka: a record without value, with the header lyrebird-tick, that moves the watermark to its time and is otherwise nothing. It admits a new partition whose first record it is.',
    )
    .argument('<places...>', 'partitions such as orders/2, or a topic for all of its partitions')
    .option('--at <time>', 'the time, in ms or ISO 8601, or now')
    .option('--log <log>', LOG)
    .option('--json', JSON_TEXT)
    .addHelpText('after', '\nExample:\n  lyrebird tick orders/2 --at 2026-01-01T10:00:00Z --log kafka://127.0.0.1:9092')
    .action(async (places, options) => (await import('./commands/tick.ts')).tick(places, options, terminal))
}

/** Commands that show what is in a log. */
function addLooking(program: Command, terminal: Terminal, ended: Ended): void {
  program
    .command('topics')
    .summary('list what a log holds')
    .description(
      'Lists topics with how they are stored, what their values seem to be, their partitions with first offset and end, and bytes.',
    )
    .argument('[topics...]', 'only these')
    .option('--log <log>', LOG)
    .option('--json', JSON_TEXT)
    .action(async (names, options) => {
      ended.code = await (await import('./commands/topics.ts')).topics(names, options, terminal)
    })
  program
    .command('cat')
    .summary('show records of a log')
    .description(
      'Shows records as they are in an embedded log, in files or in Kafka: offset, timestamp, key, headers and value, as text where they are one, else in hexadecimal.',
    )
    .argument('<place>', 'the first record, as topic/partition:offset; without an offset the first one there is')
    .option('--count <n>', 'how many records (default: 1)')
    .option('--log <log>', LOG)
    .option('--raw', 'the bytes of text too')
    .option('--json', 'one JSON object for each record')
    .addHelpText('after', '\nExample:\n  lyrebird cat orders/0:1200 --count 3 --log log')
    .action(async (place, options) => (await import('./commands/cat.ts')).cat(place, options, terminal))
}

/** An option that may be given several times. */
const several = (value: string, before: readonly string[] = []): readonly string[] => [...before, value]

function unknownCommand(program: Command, word: string): LyrebirdError {
  const names = program.commands.map(command => command.name()).filter(name => name !== 'run')
  const near = didYouMean(word, names)
  return new LyrebirdError('usage', `there is no command ${JSON.stringify(word.slice(0, 80))}`, {
    hint: near === null ? `commands: ${names.join(' ')}` : `did you mean ${near}?`,
  })
}

const VERIFY = [
  'Computes the job at one cut by batch, by the stream under many interleavings and restarts, and by the reference, and compares the bytes.',
  'With --state it takes one commit of that state, which may be written meanwhile, computes it again by batch, and compares rows, late records, dead letters and output topics.',
  'Exit 7 where they differ.',
].join(' ')

const SCHEMAS_AFTER = `
Credentials and certificates come from the environment: LYREBIRD_REGISTRY_USER and LYREBIRD_REGISTRY_PASSWORD,
or LYREBIRD_REGISTRY_TOKEN; LYREBIRD_REGISTRY_CA names a file.

Example:
  lyrebird schemas trades-value --registry http://127.0.0.1:8081 --into trades.schemas.json`

const AFTER = `
A first run, with the example that comes with the package:
  lyrebird check   examples/page-views/job.ts
  lyrebird batch   examples/page-views/job.ts --log examples/page-views/log --state state
  lyrebird query   traffic --state state --format table
  lyrebird verify  examples/page-views/job.ts --log examples/page-views/log

--log and --state can be set in lyrebird.config.ts instead:
  import { defineConfig } from 'lyrebird'
  export default defineConfig({ log: 'log', state: 'state' })

Exit codes: 0 ok, 1 the job failed, 2 usage, 3 check or compile, 4 broker or registry, 5 data loss refused,
            6 state incompatible or corrupt, or artefact incompatible, 7 not equivalent,
            70 a bug in lyrebird`
