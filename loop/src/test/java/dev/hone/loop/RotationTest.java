package dev.hone.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A kill, a reader or a full disk while a full file is put aside, and what follows on archives. */
class RotationTest {
  private static final Loops.Bounds BOUNDS = new Loops.Bounds(32 << 10, 4);
  private static final String JOURNAL = "journal.log";

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path folder;

  @SuppressWarnings("NullAway.Init")
  private Path data;

  @SuppressWarnings("NullAway.Init")
  private Path file;

  private long ticks;

  @BeforeEach
  void nameTheFile() throws IOException {
    data = Files.createDirectory(folder.resolve("data"));
    file = data.resolve(JOURNAL);
  }

  private Loops open(Path journal, Journal.Opener opener) {
    return new Loops(journal, opener, () -> Examples.START.plusMillis(++ticks), BOUNDS);
  }

  private Loops open() {
    return open(file, Journal.DISK);
  }

  private static void propose(Loops loops, String id) {
    Recommendation recommendation = Examples.recommendation("k", Examples.SWITCHBACK);
    loops.append(
        id, new LoopEvent.Proposed(Examples.finding("k"), recommendation, PlanTest.plan(id), null));
  }

  /** Adds loops that were rejected. */
  private static void fill(Loops loops, int from, int to) {
    for (int i = from; i < to; i++) {
      String id = String.format("loop%06d", i);
      propose(loops, id);
      loops.append(id, new LoopEvent.Rejected("ann", "no " + i));
    }
  }

  private static void keep(Loops loops, String id) {
    propose(loops, id);
    Plan plan = loops.require(id).plan();
    var verdict =
        new Verdict(
            Verdict.Decision.KEEP, Design.Grade.B, -0.3, -0.4, -0.2, 6, 30, 0, 1, List.of("won"));
    for (LoopEvent event :
        List.of(
            new LoopEvent.Approved(plan.hash(), "ann"),
            new LoopEvent.Scheduled(),
            new LoopEvent.Armed(plan.hash(), List.of(true), Examples.START),
            new LoopEvent.Applying(),
            new LoopEvent.Intent(plan.knob(), "a", "b", "a"),
            new LoopEvent.Applied("b"),
            new LoopEvent.Experimenting(),
            new LoopEvent.Judged(verdict),
            new LoopEvent.Keeping(),
            new LoopEvent.Kept("b", "hone"))) {
      loops.append(id, event);
    }
  }

  private static Map<String, LoopRecord> everything(Loops loops) {
    var all = new HashMap<String, LoopRecord>();
    loops.summaries().forEach(s -> all.put(s.id(), loops.require(s.id())));
    return all;
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path each : files.toList()) {
        Files.copy(each, to.resolve(each.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  @Test
  void aKeptChangeThatIsTakenBackLongAfterItWasArchivedDoesNotPreventTheNextStart()
      throws IOException {
    try (Loops loops = open()) {
      keep(loops, "kept");
      fill(loops, 0, 60);
      assertThat(loops.all()).extracting(LoopRecord::id).doesNotContain("kept");
      loops.append("kept", new LoopEvent.Intent(Examples.knob("k"), "b", "a", "a"));
    }
    try (Loops loops = open()) {
      assertThat(loops.require("kept").isHalfRevoked()).isTrue();
      loops.append("kept", new LoopEvent.Revoked("a", "ann", "it faded"));
      assertThat(everything(loops)).hasSize(61);
    }
    try (Loops loops = Loops.read(file)) {
      assertThat(loops.require("kept").state()).isEqualTo(LoopState.REVOKED);
    }
    try (Loops loops = open()) {
      assertThat(loops.require("kept").state()).isEqualTo(LoopState.REVOKED);
      assertThat(loops.counts()).containsEntry(LoopState.REVOKED, 1L).hasSize(2);
    }
  }

  @Test
  void anArchivedRecordThatCannotBeReadWhenItIsNeededIsMadeAgain() throws IOException {
    try (Loops loops = open()) {
      keep(loops, "kept");
      fill(loops, 0, 60);
      loops.append("kept", new LoopEvent.Intent(Examples.knob("k"), "b", "a", "a"));
    }
    Path archive = file.resolveSibling(JOURNAL + ".archive");
    byte[] blank = new byte[(int) Files.size(archive)];
    Arrays.fill(blank, (byte) ' ');
    Files.write(archive, blank);
    try (Loops loops = Loops.read(file)) {
      assertThat(everything(loops)).hasSize(61);
    }
    Map<String, LoopRecord> before;
    try (Loops loops = open()) {
      assertThat(loops.require("kept").isHalfRevoked()).isTrue();
      before = everything(loops);
      assertThat(before).hasSize(61);
    }
    try (Loops loops = open()) {
      assertThat(everything(loops)).isEqualTo(before);
    }
  }

  /** A directory as a kill would leave it. */
  private record Left(String when, Path folder) {}

  /** What lies there at each step of putting the newest full file aside. */
  private List<Left> leftByKills(Path afterMove) throws IOException {
    var left = new ArrayList<Left>();
    left.add(new Left("file put aside, no other begun", afterMove));
    byte[] checkpoint = Files.readAllBytes(data.resolve(JOURNAL + ".checkpoint"));
    for (String when :
        List.of(
            "nothing archived",
            "archive without its index",
            "half an index",
            "all archived",
            "checkpoint empty",
            "half a checkpoint",
            "checkpoint whole and not in its place")) {
      Path state = folder.resolve(when.replace(' ', '-'));
      copy(data, state);
      Files.copy(
          afterMove.resolve(JOURNAL + ".checkpoint"),
          state.resolve(JOURNAL + ".checkpoint"),
          StandardCopyOption.REPLACE_EXISTING);
      switch (when) {
        case "nothing archived" -> {
          restore(afterMove, state, ".archive");
          restore(afterMove, state, ".index");
        }
        case "archive without its index" -> restore(afterMove, state, ".index");
        case "half an index" -> {
          Path index = state.resolve(JOURNAL + ".index");
          long before = Files.size(afterMove.resolve(JOURNAL + ".index"));
          try (var half = new RandomAccessFile(index.toFile(), "rw")) {
            half.setLength((before + half.length()) / 2);
          }
        }
        case "checkpoint empty", "half a checkpoint", "checkpoint whole and not in its place" ->
            Files.write(
                state.resolve(JOURNAL + ".checkpoint.new"),
                Arrays.copyOf(
                    checkpoint,
                    when.contains("empty")
                        ? 0
                        : when.contains("half") ? checkpoint.length / 2 : checkpoint.length));
        default -> assertThat(when).isEqualTo("all archived");
      }
      left.add(new Left(when, state));
    }
    return left;
  }

  private static void restore(Path from, Path to, String suffix) throws IOException {
    Files.copy(
        from.resolve(JOURNAL + suffix),
        to.resolve(JOURNAL + suffix),
        StandardCopyOption.REPLACE_EXISTING);
  }

  @Test
  void aKillAtAnyStepOfPuttingAFullFileAsideLosesNothingAndTheNextStartIsAUsualOne()
      throws IOException {
    Path afterMove = folder.resolve("after-move");
    Journal.Opener opener =
        path -> {
          if (!Files.exists(path)) {
            copy(data, afterMove);
          }
          return Journal.DISK.open(path);
        };
    List<Left> left;
    Map<String, LoopRecord> before;
    try (Loops loops = open(file, opener)) {
      keep(loops, "kept");
      fill(loops, 0, 60);
      loops.append("kept", new LoopEvent.Intent(Examples.knob("k"), "b", "a", "a"));
      int files = new Segments(file).closedAfter(0).size();
      int next = 60;
      while (new Segments(file).closedAfter(0).size() == files) {
        fill(loops, next, ++next);
      }
      assertThat(Files.size(file)).isLessThan(BOUNDS.segmentBytes() / 10);
      left = leftByKills(afterMove);
      before = everything(loops);
    }
    assertThat(left).hasSize(8);
    for (Left each : left) {
      Path journal = each.folder().resolve(JOURNAL);
      assertThat(Journal.exists(journal)).as(each.when()).isTrue();
      try (Loops loops = Loops.read(journal)) {
        assertSame(everything(loops), before, each.when());
      }
      Map<String, LoopRecord> then;
      try (Loops loops = open(journal, Journal.DISK)) {
        assertSame(everything(loops), before, each.when());
        fill(loops, 1_000, 1_060);
        loops.append("kept", new LoopEvent.Revoked("a", "ann", "it faded"));
        then = everything(loops);
      }
      try (Loops loops = open(journal, Journal.DISK)) {
        assertThat(everything(loops)).as(each.when()).isEqualTo(then);
      }
      assertThat(new Audit(journal).check().problem()).as(each.when()).isEmpty();
    }
  }

  /** All loops but the newest, whose last entry may have come after the kill. */
  private static void assertSame(
      Map<String, LoopRecord> found, Map<String, LoopRecord> before, String when) {
    String newest = before.keySet().stream().max(String::compareTo).orElseThrow();
    var expected = new HashMap<>(before);
    expected.remove(newest);
    assertThat(found).as(when).containsAllEntriesOf(expected);
    assertThat(found.keySet()).as(when).isEqualTo(before.keySet());
  }

  @Test
  void anArchiveThatIsMadeAgainIsNeverCountedByTheCheckpointOfTheOldOne() throws IOException {
    Map<String, LoopRecord> before;
    try (Loops loops = open()) {
      fill(loops, 0, 60);
      before = everything(loops);
    }
    Path index = file.resolveSibling(JOURNAL + ".index");
    try (var half = new RandomAccessFile(index.toFile(), "rw")) {
      half.setLength(half.length() / 2);
    }
    open().close();
    assertThat(file.resolveSibling(JOURNAL + ".checkpoint")).doesNotExist();
    try (Loops loops = open()) {
      assertThat(everything(loops)).isEqualTo(before);
    }
  }

  @Test
  void aReaderSeesEveryEntryAlthoughAFileIsPutAsideWhileItReads() throws IOException {
    try (Loops loops = open()) {
      fill(loops, 0, 60);
      var sequences = new ArrayList<Long>();
      var written = new AtomicBoolean();
      Journal.read(
          file,
          entry -> {
            sequences.add(entry.sequence());
            if (!written.getAndSet(true)) {
              fill(loops, 60, 90);
            }
          });
      assertThat(sequences).hasSize(180);
      assertThat(sequences.getLast()).isEqualTo(180);
    }
  }

  @Test
  void aJournalWithoutAGrowingFileIsAWholeOneAndNoJournalIsNone() throws IOException {
    assertThat(Journal.exists(file)).isFalse();
    assertThatThrownBy(() -> Journal.read(file, entry -> {})).isInstanceOf(IOException.class);
    try (Journal journal = Journal.open(file, entry -> {})) {
      journal.append("", new LoopEvent.Thawed("ann", ""), Examples.START);
      journal.rotate();
    }
    Files.delete(file);
    var entries = new ArrayList<Journal.Entry>();
    assertThat(Journal.exists(file)).isTrue();
    Journal.read(file, entries::add);
    assertThat(entries).hasSize(1);
    assertThat(new Audit(file).find(Audit.Filter.ALL, Long.MAX_VALUE, 10)).hasSize(1);
  }

  @Test
  void whereNoOtherFileCanBeMadeTheFullOneGoesOnGrowing() throws IOException {
    var refuses = new AtomicBoolean();
    Journal.Opener opener =
        path -> {
          if (refuses.get() && !Files.exists(path)) {
            throw new IOException("No space left on device");
          }
          return Journal.DISK.open(path);
        };
    Map<String, LoopRecord> before;
    try (Loops loops = open(file, opener)) {
      fill(loops, 0, 5);
      refuses.set(true);
      fill(loops, 5, 60);
      assertThat(new Segments(file).closedAfter(0)).isEmpty();
      refuses.set(false);
      fill(loops, 60, 61);
      assertThat(new Segments(file).closedAfter(0)).hasSize(1);
      before = everything(loops);
    }
    try (Loops loops = open()) {
      assertThat(everything(loops)).isEqualTo(before);
    }
  }

  @Test
  void archivedLoopsAreReadWhileOthersAreArchived() throws Exception {
    try (Loops loops = open();
        var readers = Executors.newFixedThreadPool(2)) {
      fill(loops, 0, 60);
      var done = new AtomicBoolean();
      Callable<Integer> reading =
          () -> {
            int read = 0;
            while (!done.get()) {
              for (LoopRecord loop : loops.page(s -> true, "loop000050", 50)) {
                assertThat(loop.history().getFirst().state()).isEqualTo(LoopState.PROPOSED);
                read++;
              }
            }
            return read;
          };
      var first = readers.submit(reading);
      var second = readers.submit(reading);
      fill(loops, 60, 260);
      done.set(true);
      assertThat(first.get()).isPositive();
      assertThat(second.get()).isPositive();
      assertThat(everything(loops)).hasSize(260);
    }
  }
}
