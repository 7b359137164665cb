package dev.hone.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file that is the truth about all loops. */
class JournalTest {
  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path folder;

  @SuppressWarnings("NullAway.Init")
  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = folder.resolve("journal");
  }

  @Test
  void entriesSurviveReopeningByteForByte() throws IOException {
    List<Journal.Entry> written = fill(5);
    byte[] bytes = Files.readAllBytes(file);
    var replayed = new ArrayList<Journal.Entry>();
    try (Journal journal = Journal.open(file, replayed::add)) {
      assertThat(replayed).isEqualTo(written);
      assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
      journal.append("", event(6), Examples.START);
    }
    assertThat(Arrays.copyOf(Files.readAllBytes(file), bytes.length)).isEqualTo(bytes);
    assertThat(read()).hasSize(6);
  }

  @Test
  void aTornTailIsCutOffWhereverItIsTorn() throws IOException {
    fill(3);
    byte[] whole = Files.readAllBytes(file);
    int lastStart = lastLine(whole);
    for (int length = lastStart; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThat(read()).hasSize(2);
      var replayed = new ArrayList<Journal.Entry>();
      try (Journal journal = Journal.open(file, replayed::add)) {
        assertThat(replayed).hasSize(2);
        assertThat(Files.size(file)).isEqualTo(lastStart);
        assertThat(journal.append("", event(9), Examples.START).sequence()).isEqualTo(3);
      }
      assertThat(read()).hasSize(3);
    }
  }

  @Test
  void zeroesAtTheEndAreATornTail() throws IOException {
    fill(2);
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length + 4096));
    Journal.open(file, entry -> {}).close();
    assertThat(Files.readAllBytes(file)).isEqualTo(whole);
  }

  @Test
  void aFlippedBitInTheMiddleIsNamedByItsLine() throws IOException {
    fill(4);
    byte[] whole = Files.readAllBytes(file);
    int secondLine = new String(whole, StandardCharsets.ISO_8859_1).indexOf('\n') + 1;
    for (int offset : new int[] {0, 8, 9, 30, 60}) {
      byte[] damaged = whole.clone();
      damaged[secondLine + offset] ^= 1;
      Files.write(file, damaged);
      assertThatThrownBy(() -> Journal.open(file, entry -> {}))
          .isInstanceOf(Journal.JournalException.class)
          .hasMessageContaining("is damaged at line 2: ")
          .hasMessageContaining("restore the file from a backup");
      assertThat(Files.readAllBytes(file)).isEqualTo(damaged);
    }
  }

  @Test
  void aMissingLineIsNamed() throws IOException {
    fill(4);
    List<String> lines = new ArrayList<>(Files.readAllLines(file));
    lines.remove(1);
    Files.write(file, lines);
    assertThatThrownBy(() -> Journal.open(file, entry -> {}))
        .isInstanceOf(Journal.JournalException.class)
        .hasMessageContaining("line 2: its check does not fit");
  }

  @Test
  void anEntryOfAnotherVersionOrThatCannotFollowIsNamed() throws IOException {
    fill(1);
    String json =
        "{\"seq\":2,\"at\":\"2026-01-01T00:00:00Z\",\"loop\":\"\",\"event\":{\"type\":\"New\"}}";
    appendLine(json);
    assertThatThrownBy(() -> Journal.open(file, entry -> {}))
        .isInstanceOf(Journal.JournalException.class)
        .hasMessageContaining("line 2: `New` is not a LoopEvent");
    Files.delete(file);
    appendLine(
        "{\"seq\":1,\"at\":\"2026-01-01T00:00:00Z\",\"loop\":\"x\",\"event\":{\"type\":\"Keeping\"}}");
    assertThatThrownBy(() -> new Loops(file, () -> Examples.START))
        .isInstanceOf(Journal.JournalException.class)
        .hasMessageContaining("line 1: there is no loop `x`");
  }

  @Test
  void linesOfTheFirstVersionAreReadAndFollowedByChainedOnes() throws IOException {
    String json =
        "{\"seq\":1,\"at\":\"2026-01-01T00:00:00Z\",\"loop\":\"\",\"event\":"
            + "{\"type\":\"Switched\",\"stopped\":true,\"by\":\"ann\",\"why\":\"x\"}}";
    var crc = new java.util.zip.CRC32C();
    crc.update(json.getBytes(StandardCharsets.UTF_8));
    Files.writeString(file, String.format("%08x ", crc.getValue()) + json + "\n");
    try (Journal journal = Journal.open(file, entry -> {})) {
      journal.append("", event(2), Examples.START);
    }
    assertThat(read()).extracting(Journal.Entry::sequence).containsExactly(1L, 2L);
    List<String> lines = Files.readAllLines(file);
    Files.write(file, List.of(lines.get(0).replace("ann", "eve"), lines.get(1)));
    assertThatThrownBy(this::read).hasMessageContaining("line 1: its check does not fit");
  }

  @Test
  void aLineThatIsChangedTogetherWithItsOwnHashIsFoundByTheNext() throws IOException {
    fill(3);
    List<String> lines = new ArrayList<>(Files.readAllLines(file));
    String forged = lines.get(1).substring(65).replace("why", "who");
    String previous = lines.get(0).substring(0, 64);
    lines.set(
        1, ChainedLine.hash(previous, forged.getBytes(StandardCharsets.UTF_8)) + " " + forged);
    Files.write(file, lines);
    Files.writeString(file, Files.readString(file) + "x\n");
    assertThatThrownBy(this::read).hasMessageContaining("line 3: its check does not fit");
  }

  @Test
  void anEndlessLineDoesNotFillTheMemory() throws IOException {
    Files.write(file, new byte[48 << 20]);
    Journal.open(file, entry -> {}).close();
    assertThat(Files.size(file)).isZero();
  }

  @Test
  void aSecondOpenerIsRefusedAndAReaderDoesNotLetItIn() throws Exception {
    try (Journal journal = Journal.open(file, entry -> {})) {
      journal.append("", event(1), Examples.START);
      assertThatThrownBy(() -> Journal.open(file, entry -> {}))
          .isInstanceOf(Journal.JournalException.class)
          .hasMessageContaining("is in use by another Hone")
          .hasMessageContaining("--data-dir");
    }
    try (Journal journal = Journal.open(file, entry -> {})) {
      assertThat(read()).hasSize(1);
      assertThat(openInAnotherProcess()).contains("is in use by another Hone");
      journal.append("", event(2), Examples.START);
    }
    assertThat(openInAnotherProcess()).isEqualTo("opened");
  }

  /** Opens the journal given as the argument and says what came of it. */
  static final class Opener {
    private Opener() {}

    public static void main(String[] arguments) {
      try {
        Journal.open(Path.of(arguments[0]), entry -> {}).close();
        System.out.print("opened");
      } catch (Journal.JournalException e) {
        System.out.print(e.getMessage());
      }
    }
  }

  private String openInAnotherProcess() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Opener.class.getName(),
                file.toString())
            .redirectErrorStream(true)
            .start();
    try {
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      return said;
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void aFolderThatCannotBeUsedIsNamedWithTheRemedy() throws IOException {
    Files.writeString(file, "");
    assertThatThrownBy(() -> Journal.open(file.resolve("journal"), entry -> {}))
        .isInstanceOf(Journal.JournalException.class)
        .hasMessageContaining("cannot be opened")
        .hasMessageContaining("--data-dir");
    Path directory = Files.createDirectory(folder.resolve("journal.d"));
    assertThatThrownBy(() -> Journal.open(directory, entry -> {}))
        .isInstanceOf(Journal.JournalException.class)
        .hasMessageContaining("Is a directory");
  }

  @Test
  void aFolderThatNobodyMayWriteIsNamedWithTheRemedy() {
    assumeTrue(Files.isDirectory(Path.of("/proc")), "this system has no /proc");
    for (String place : List.of("/proc/journal", "/proc/hone/journal")) {
      assertThatThrownBy(() -> Journal.open(Path.of(place), entry -> {}))
          .isInstanceOf(Journal.JournalException.class)
          .hasMessageStartingWith("journal `" + place + "` cannot be opened: ")
          .hasMessageContaining("--data-dir");
    }
  }

  @Test
  void aFailedAppendLeavesNothingBehind() throws IOException {
    var disk = new FakeDisk();
    try (Journal journal = Journal.open(file, disk, entry -> {})) {
      journal.append("", event(1), Examples.START);
      long length = Files.size(file);
      disk.full = true;
      assertThatThrownBy(() -> journal.append("", event(2), Examples.START))
          .isInstanceOf(Journal.JournalException.class)
          .hasMessageContaining("No space left on device; free some space");
      assertThat(Files.size(file)).isEqualTo(length);
      disk.full = false;
      assertThat(journal.append("", event(3), Examples.START).sequence()).isEqualTo(2);
    }
    assertThat(read()).extracting(Journal.Entry::sequence).containsExactly(1L, 2L);
  }

  @Test
  void anEntryThatIsTooLargeIsRefused() {
    try (Journal journal = Journal.open(file, entry -> {})) {
      var large = new LoopEvent.Switched(true, "ann", "x".repeat(5 << 20));
      assertThatThrownBy(() -> journal.append("", large, Examples.START))
          .isInstanceOf(Journal.JournalException.class)
          .hasMessageContaining("does not fit the journal");
      assertThat(journal.append("", event(1), Examples.START).sequence()).isEqualTo(1);
    }
  }

  @Test
  void appendingSurvivesAnInterruptOfTheThread() throws IOException {
    try (Journal journal = Journal.open(file, entry -> {})) {
      Thread.currentThread().interrupt();
      journal.append("", event(1), Examples.START);
      assertThat(Thread.interrupted()).isTrue();
      journal.append("", event(2), Examples.START);
    }
    assertThat(read()).hasSize(2);
  }

  @Test
  void readingWhileAnotherThreadWritesSeesWholeEntriesOnly() throws Exception {
    var done = new AtomicBoolean();
    var problem = new AtomicReference<@Nullable Throwable>();
    try (Journal journal = Journal.open(file, entry -> {})) {
      Thread writer =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      for (int i = 0; i < 400; i++) {
                        journal.append("", event(i), Examples.START);
                      }
                    } catch (RuntimeException e) {
                      problem.set(e);
                    } finally {
                      done.set(true);
                    }
                  });
      int last = 0;
      while (!done.get()) {
        int size = read().size();
        assertThat(size).isGreaterThanOrEqualTo(last);
        last = size;
      }
      writer.join();
    }
    assertThat(problem.get()).isNull();
    assertThat(read()).hasSize(400);
  }

  private List<Journal.Entry> fill(int count) {
    var written = new ArrayList<Journal.Entry>();
    try (Journal journal = Journal.open(file, entry -> {})) {
      for (int i = 1; i <= count; i++) {
        written.add(journal.append("loop " + i, event(i), Instant.ofEpochSecond(i, 123_456_789)));
      }
    }
    return written;
  }

  private List<Journal.Entry> read() throws IOException {
    var entries = new ArrayList<Journal.Entry>();
    Journal.read(file, entries::add);
    return entries;
  }

  private void appendLine(String json) throws IOException {
    String before = Files.exists(file) ? Files.readString(file) : "";
    int last = before.lastIndexOf('\n', before.length() - 2) + 1;
    String previous = before.isEmpty() ? ChainedLine.GENESIS : before.substring(last, last + 64);
    byte[] line =
        ChainedLine.encode(ChainedLine.hash(previous, json.getBytes(StandardCharsets.UTF_8)), json);
    Files.writeString(file, before + new String(line, StandardCharsets.UTF_8));
  }

  private static int lastLine(byte[] whole) {
    int start = whole.length - 1;
    while (whole[start - 1] != '\n') {
      start--;
    }
    return start;
  }

  private static LoopEvent event(int i) {
    return new LoopEvent.Switched(i % 2 == 0, "änn \u0000 \ud83d\ude00", "why\n\"" + i + "\"");
  }
}
