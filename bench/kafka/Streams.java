// What one writes with Kafka Streams: counts and sums by hour and country, a copy of a topic, or a relay of each
// record. Usage: java -cp JARS Streams.java BROKER STATE GUARANTEE THREADS COMMIT_MS count TOPIC RECORDS OUT
//   | ... copy TOPIC OUTPUT RECORDS | ... relay TOPIC OUTPUT
//
// Promises: state in RocksDB with a changelog, as it comes; `count` and `copy` end when every record is accounted for
// and the last commit is done, `relay` at a SIGTERM. `count` groups by what is no key of the topic, so it goes through
// a repartition topic, and nothing is too late for it: partitions are read at different speeds. `copy` takes large
// compressed batches, `relay` waits for nothing. Processor time and peak memory go to LYREBIRD_BENCH_USAGE.

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.kstream.Windowed;
import org.apache.kafka.streams.state.WindowStore;

public class Streams {
  @JsonIgnoreProperties(ignoreUnknown = true)
  public static class Event {
    public long ts;
    public String user;
    public String country;
    public double amount;
    byte[] text;
  }

  record Total(long count, long cents) {}

  static final Duration LATEST = Duration.ofDays(8); // the events cover a week
  static final Duration CLOSE_LIMIT = Duration.ofSeconds(60);
  static final ObjectReader JSON = new ObjectMapper().readerFor(Event.class);

  static final Serde<Event> EVENT = Serdes.serdeFrom((topic, event) -> event.text, (topic, bytes) -> {
    try {
      Event event = JSON.readValue(bytes);
      event.text = bytes;
      return event;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  });

  static final Serde<Total> TOTAL = Serdes.serdeFrom(
      (topic, total) -> ByteBuffer.allocate(16).putLong(total.count).putLong(total.cents).array(),
      (topic, bytes) -> {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new Total(buffer.getLong(), buffer.getLong());
      });

  static final CountDownLatch done = new CountDownLatch(1);
  static volatile boolean failed = false;

  public static void main(String[] args) throws Exception {
    Properties settings = new Properties();
    settings.put("application.id", Path.of(args[1]).getFileName().toString());
    settings.put("bootstrap.servers", args[0]);
    settings.put("state.dir", args[1]);
    settings.put("processing.guarantee", args[2]);
    settings.put("num.stream.threads", args[3]);
    settings.put("commit.interval.ms", args[4]);
    settings.put("auto.offset.reset", "earliest");
    StreamsBuilder builder = new StreamsBuilder();
    Map<Windowed<String>, Total> rows = new HashMap<>();
    switch (args[5]) {
      case "count" -> count(builder, args[6], Long.parseLong(args[7]), rows);
      case "copy" -> {
        settings.put("producer.compression.type", "lz4");
        settings.put("producer.batch.size", "262144");
        copy(builder, args[6], args[7], Long.parseLong(args[8]));
      }
      default -> {
        settings.put("producer.linger.ms", "0");
        builder.<byte[], byte[]>stream(args[6], raw()).to(args[7], Produced.with(Serdes.ByteArray(), Serdes.ByteArray()));
        Runtime.getRuntime().addShutdownHook(new Thread(done::countDown));
      }
    }
    run(new KafkaStreams(builder.build(), settings));
    if (args[5].equals("count")) write(rows, args[8]);
    usage();
    Runtime.getRuntime().halt(failed ? 1 : 0);
  }

  static void run(KafkaStreams streams) throws InterruptedException {
    streams.setUncaughtExceptionHandler(e -> {
      e.printStackTrace();
      failed = true;
      done.countDown();
      return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    });
    streams.start();
    done.await();
    if (!streams.close(CLOSE_LIMIT)) failed = true;
  }

  static Consumed<byte[], byte[]> raw() {
    return Consumed.with(Serdes.ByteArray(), Serdes.ByteArray());
  }

  static Consumed<byte[], Event> events() {
    return Consumed.with(Serdes.ByteArray(), EVENT)
        .withTimestampExtractor((record, previous) -> ((Event) record.value()).ts);
  }

  static void count(StreamsBuilder builder, String topic, long records, Map<Windowed<String>, Total> rows) {
    long[] seen = {0};
    builder.stream(topic, events())
        .map((key, event) -> KeyValue.pair(event.country, Math.round(event.amount * 100)))
        .groupByKey(Grouped.with(Serdes.String(), Serdes.Long()))
        .windowedBy(TimeWindows.ofSizeAndGrace(Duration.ofHours(1), LATEST))
        .aggregate(
            () -> new Total(0, 0),
            (key, cents, total) -> new Total(total.count + 1, total.cents + cents),
            Materialized.<String, Total, WindowStore<Bytes, byte[]>>with(Serdes.String(), TOTAL)
                .withRetention(LATEST.plusHours(2)))
        .toStream()
        .foreach((key, total) -> {
          synchronized (rows) {
            Total before = rows.put(key, total);
            seen[0] += total.count - (before == null ? 0 : before.count);
            if (seen[0] == records) done.countDown();
          }
        });
  }

  static void copy(StreamsBuilder builder, String topic, String output, long records) {
    AtomicLong seen = new AtomicLong();
    builder.stream(topic, events())
        .map((key, event) -> {
          if (seen.incrementAndGet() == records) done.countDown();
          return KeyValue.pair(event.user, event);
        })
        .to(output, Produced.with(Serdes.String(), EVENT));
  }

  static void write(Map<Windowed<String>, Total> rows, String out) throws IOException {
    try (PrintWriter writer = new PrintWriter(out, "UTF-8")) {
      rows.forEach((key, total) ->
          writer.printf("%d %s %d %d%n", key.window().start(), key.key(), total.count, total.cents));
    }
  }

  /** As Node writes it: `bench/usage.mjs`. */
  static void usage() throws IOException {
    String file = System.getenv("LYREBIRD_BENCH_USAGE");
    if (file == null) return;
    long kilobytes = Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .sum();
    double seconds = ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toNanos() / 1e9;
    Files.writeString(Path.of(file), "{\"rssMb\":" + kilobytes / 1024 + ",\"cpuSeconds\":" + seconds + "}");
  }
}
