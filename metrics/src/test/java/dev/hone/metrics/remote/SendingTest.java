package dev.hone.metrics.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.metrics.Appender;
import dev.hone.metrics.Labels;
import dev.hone.metrics.engine.Outbox;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was acknowledged reaches every backend it belongs to, whatever happens. */
class SendingTest {
  private static final long NOW = 1_800_000_000_000L;
  private static final int SERIES = 40;
  private static final RemoteOptions.Pace FAST =
      new RemoteOptions.Pace(
          64,
          Duration.ofMillis(1),
          Duration.ofMillis(4),
          Duration.ofSeconds(5),
          Duration.ofMillis(50));

  @TempDir Path directory;
  private final List<String> notices = Collections.synchronizedList(new ArrayList<>());

  private RemoteStore open(Path folder, long buffer, int copies, Backend... backends)
      throws IOException {
    var options =
        new RemoteOptions(
            List.of(backends),
            copies,
            RemoteOptions.Partial.WARN,
            buffer,
            10_000,
            Duration.ZERO,
            FAST);
    return RemoteStore.open(
        folder,
        options,
        InstantSource.fixed(Instant.ofEpochMilli(NOW)),
        new Random(1),
        notices::add);
  }

  private RemoteStore open(Backend... backends) throws IOException {
    return open(directory.resolve("store"), 1 << 30, Math.min(2, backends.length), backends);
  }

  private static Labels labels(int i) {
    return Labels.of("m", "n", "v" + i);
  }

  private static void write(RemoteStore store, int from, int to) throws IOException {
    for (int round = from; round < to; round++) {
      try (Appender appender = store.appender()) {
        for (int i = 0; i < SERIES; i++) {
          appender.add(
              appender.series(labels(i)),
              NOW - 600_000 + round * 1_000L,
              Double.doubleToRawLongBits(round));
        }
        assertThat(appender.commit().taken()).isEqualTo(SERIES);
      }
    }
  }

  private static void await(BooleanSupplier done) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!done.getAsBoolean()) {
      assertThat(System.nanoTime()).as("a generous limit").isLessThan(end);
      TimeUnit.MILLISECONDS.sleep(2);
    }
  }

  /** Every series of the receiver holds each round, in order; some may have come twice. */
  private static void complete(Receiver receiver, int rounds) {
    receiver.times.forEach(
        (labels, times) -> {
          assertThat(times.stream().distinct().toList()).as(labels.toString()).hasSize(rounds);
          assertThat(times.stream().distinct().toList()).isSorted();
          assertThat(labels.get(Slots.LABEL))
              .isEqualTo("" + Slots.of(labels.with(Slots.LABEL, "")));
        });
  }

  @Test
  void eachSeriesGoesToItsTwoBackendsInOrder() throws Exception {
    try (Receiver a = Receiver.start();
        Receiver b = Receiver.start();
        Receiver c = Receiver.start();
        RemoteStore store = open(a.backend("a"), b.backend("b"), c.backend("c"))) {
      write(store, 0, 50);
      await(() -> a.samples() + b.samples() + c.samples() == 2 * 50 * SERIES);
      for (Receiver receiver : List.of(a, b, c)) {
        complete(receiver, 50);
        assertThat(receiver.times).isNotEmpty();
      }
      assertThat(store.status()).allMatch(s -> s.alive() && s.refused() == 0);
    }
  }

  @Test
  void whatFailsIsSentAgain() throws Exception {
    var count = new AtomicInteger();
    try (Receiver a = Receiver.start()) {
      a.answers =
          samples ->
              switch (count.getAndIncrement() % 5) {
                case 0 -> Receiver.Answer.of(503, "not now");
                case 1 -> new Receiver.Answer(429, "slower", Map.of("Retry-After", "0"));
                case 2 -> Receiver.Answer.of(401, "who are you");
                case 3 -> Receiver.Answer.of(404, "moved");
                default -> Receiver.TAKES.apply(samples);
              };
      try (RemoteStore store = open(a.backend("a"))) {
        write(store, 0, 30);
        await(() -> a.samples() >= 30 * SERIES);
        complete(a, 30);
      }
    }
    assertThat(notices).contains("backend `a` takes samples again");
    assertThat(notices).anyMatch(n -> n.contains("takes no samples (it answers 503: not now)"));
  }

  @Test
  void onlyTheSamplesThatAreRefusedAreLeftOut() throws Exception {
    try (Receiver a = Receiver.start()) {
      a.answers =
          samples ->
              samples.stream().anyMatch(s -> s.value() == 7 && "v3".equals(s.labels().get("n")))
                  ? Receiver.Answer.of(400, "out of bounds")
                  : Receiver.TAKES.apply(samples);
      try (RemoteStore store = open(a.backend("a"))) {
        write(store, 0, 20);
        await(() -> a.samples() == 20 * SERIES - 1);
        assertThat(store.status().getFirst().refused()).isEqualTo(1);
      }
    }
    assertThat(notices)
        .anyMatch(n -> n.contains("`a` refused 1 samples") && n.contains("out of bounds"));
  }

  @Test
  void aBackendThatWasDownGetsEverythingLater() throws Exception {
    Receiver gone = Receiver.start();
    Backend backend = gone.backend("b");
    gone.close();
    try (Receiver a = Receiver.start();
        RemoteStore store = open(a.backend("a"), backend)) {
      write(store, 0, 25);
      await(() -> a.samples() == 25 * SERIES);
      try (Receiver b = gone.again()) {
        await(() -> b.samples() >= 25 * SERIES);
        complete(b, 25);
        write(store, 25, 30);
        await(() -> b.samples() >= 30 * SERIES);
      }
    }
  }

  @Test
  void whatWasAcknowledgedSurvivesTheEndOfTheProcess() throws Exception {
    Receiver gone = Receiver.start();
    Backend backend = gone.backend("a");
    gone.close();
    Path left = directory.resolve("left");
    try (RemoteStore store = open(backend)) {
      write(store, 0, 25);
      copy(directory.resolve("store"), left);
    }
    cutOff(left, 5);
    try (Receiver a = gone.again();
        RemoteStore store = open(left, 1 << 30, 1, backend)) {
      await(() -> a.samples() >= 24 * SERIES);
      complete(a, 24);
      write(store, 30, 31);
      await(() -> a.samples() >= 25 * SERIES);
    }
    assertThat(notices).anyMatch(n -> n.contains("cut off"));
  }

  private static void copy(Path from, Path to) throws IOException {
    try (var all = Files.walk(from)) {
      for (Path file : all.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }

  private static void cutOff(Path store, int bytes) throws IOException {
    try (var files = Files.list(store.resolve("outbox"))) {
      Path last = files.sorted().toList().getLast();
      try (var channel = FileChannel.open(last, StandardOpenOption.WRITE)) {
        channel.truncate(channel.size() - bytes);
      }
    }
  }

  @Test
  void aFullBufferRefusesAndTakesAgainWhenThereIsRoom() throws Exception {
    Receiver gone = Receiver.start();
    Backend backend = gone.backend("a");
    gone.close();
    try (RemoteStore store = open(directory.resolve("small"), 200_000, 1, backend)) {
      var rounds = new AtomicInteger();
      assertThatThrownBy(
              () -> {
                for (; ; rounds.incrementAndGet()) {
                  write(store, rounds.get(), rounds.get() + 1);
                }
              })
          .isInstanceOf(Outbox.FullException.class)
          .hasMessageContaining("metrics.buffer");
      try (Receiver a = gone.again()) {
        await(() -> a.samples() >= rounds.get() * SERIES);
        await(
            () -> {
              try {
                write(store, rounds.get(), rounds.get() + 1);
                return true;
              } catch (IOException full) {
                return false;
              }
            });
        await(() -> a.samples() >= (rounds.get() + 1) * SERIES);
        complete(a, rounds.get() + 1);
      }
    }
  }

  @Test
  void credentialsComeFromFilesAsTheyAreNow() throws Exception {
    Path token = directory.resolve("token");
    Files.writeString(token, "first\n");
    var access =
        new Backend.Access(
            Optional.empty(),
            Optional.empty(),
            Optional.of(token),
            Optional.empty(),
            Optional.of("team"));
    try (Receiver a = Receiver.start();
        RemoteStore store = open(a.backend("a", access))) {
      write(store, 0, 1);
      await(() -> a.samples() == SERIES);
      Files.writeString(token, "second");
      write(store, 1, 2);
      await(() -> a.samples() == 2 * SERIES);
      assertThat(a.authorizations).contains("Bearer first").last().isEqualTo("Bearer second");
    }
    assertThat(notices.toString()).doesNotContain("first").doesNotContain("second");
  }

  @Test
  void samplesOneByOneAndAForeignMark() throws Exception {
    try (Receiver a = Receiver.start();
        RemoteStore store = open(a.backend("a"))) {
      long series = store.series(Labels.of("up", Slots.LABEL, "9"));
      assertThat(store.append(series, NOW, 1)).isTrue();
      assertThat(store.append(series, NOW, 2)).isFalse();
      assertThat(store.append(series, NOW + 3_600_000, 2)).isFalse();
      await(() -> a.samples() == 1);
      Labels arrived = a.times.keySet().iterator().next();
      assertThat(arrived.get(Slots.FOREIGN)).isEqualTo("9");
    }
  }
}
