package dev.hone.loop;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/**
 * The state of all loops after the full files of a journal, so that they need not be read again:
 * {@code journal.log.checkpoint}, one JSON line with its hash. It follows from the journal; without
 * it, or when it is damaged, everything is read from the first entry.
 *
 * @param closedSegments how many full files it covers
 * @param sequence of the last entry in them
 * @param hash of the chain there
 * @param archiveRecords how many bytes of archived records count
 * @param archiveIndex how many bytes of their index count
 * @param registry what belongs to no loop
 * @param loops the loops that are not archived
 */
record Checkpoint(
    int closedSegments,
    long sequence,
    String hash,
    long archiveRecords,
    long archiveIndex,
    Registry registry,
    List<LoopRecord> loops) {
  Checkpoint {
    loops = List.copyOf(loops);
  }

  Journal.Start start() {
    return new Journal.Start(closedSegments, new Journal.Head(sequence, hash));
  }

  Archive.Extent extent() {
    return new Archive.Extent(archiveRecords, archiveIndex);
  }

  private static Path file(Path journal) {
    return journal.resolveSibling(journal.getFileName() + ".checkpoint");
  }

  /** The checkpoint of a journal, if there is a whole one. */
  static Optional<Checkpoint> read(Path journal) throws IOException {
    Path file = file(journal);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    byte[] line = Files.readAllBytes(file);
    ChainedLine.Checked checked = ChainedLine.check(line, ChainedLine.GENESIS);
    try {
      return checked == null
          ? Optional.empty()
          : Optional.of(RecordCodec.read(Checkpoint.class, checked.json()));
    } catch (IllegalArgumentException | IllegalStateException e) {
      return Optional.empty();
    }
  }

  /** Replaces the checkpoint; the old one stays until the new one is whole. */
  void write(Path journal) throws IOException {
    byte[] json = RecordCodec.write(this).getBytes(StandardCharsets.UTF_8);
    Path fresh = journal.resolveSibling(journal.getFileName() + ".checkpoint.new");
    try (var data = new RandomAccessFile(fresh.toFile(), "rw")) {
      data.setLength(0);
      data.write(
          (ChainedLine.hash(ChainedLine.GENESIS, json) + " ").getBytes(StandardCharsets.US_ASCII));
      data.write(json);
      data.getFD().sync();
    }
    Files.move(fresh, file(journal), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Forgets the checkpoint, so that all is read from the first entry. */
  static void delete(Path journal) throws IOException {
    Files.deleteIfExists(file(journal));
  }
}
