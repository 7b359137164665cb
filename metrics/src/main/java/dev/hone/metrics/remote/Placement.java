package dev.hone.metrics.remote;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Which backends keep a slot, now and before: when backends are added or removed, older samples
 * stay where they are, so a question about an older time goes to those who kept the slot then. Kept
 * in a file, an epoch a line: since when (ms), from which segment of the outbox on, copies, and the
 * backends' names, separated by spaces.
 */
final class Placement {
  private final List<Epoch> epochs;

  /** A time in which the backends were the same. */
  static final class Epoch {
    final long since;
    final int segment;
    final int copies;
    final List<String> backends;
    private final List<List<String>> owners = new ArrayList<>();

    Epoch(long since, int segment, int copies, List<String> backends) {
      this.since = since;
      this.segment = segment;
      this.copies = copies;
      this.backends = List.copyOf(backends);
      for (int slot = 0; slot < Slots.COUNT; slot++) {
        owners.add(Slots.owners(slot, backends, copies));
      }
    }

    /** The backends that keep a slot. */
    List<String> owners(int slot) {
      return owners.get(slot);
    }

    private String line() {
      return since + " " + segment + " " + copies + " " + String.join(" ", backends);
    }
  }

  private Placement(List<Epoch> epochs) {
    this.epochs = List.copyOf(epochs);
  }

  /**
   * Reads the file; begins an epoch when the backends are others than before.
   *
   * @param segment the segment of the outbox that is written next
   */
  static Placement open(Path file, RemoteOptions options, int segment, long now)
      throws IOException {
    var epochs = new ArrayList<Epoch>();
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file)) {
        String[] words = line.split(" ");
        try {
          epochs.add(
              new Epoch(
                  Long.parseLong(words[0]),
                  Integer.parseInt(words[1]),
                  Integer.parseInt(words[2]),
                  List.of(words).subList(3, words.length)));
        } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
          throw new IOException(
              file + " holds `" + line + "`; restore it, it says where older samples lie", e);
        }
      }
    }
    List<String> names = options.backends().stream().map(Backend::name).sorted().toList();
    if (epochs.isEmpty()
        || !epochs.getLast().backends.equals(names)
        || epochs.getLast().copies != options.copies()) {
      long since = epochs.isEmpty() ? Long.MIN_VALUE : now;
      epochs.add(new Epoch(since, segment, options.copies(), names));
      write(file, epochs.stream().map(Epoch::line).toList());
    }
    return new Placement(epochs);
  }

  /** Replaces a small file as a whole. */
  static void write(Path file, List<String> lines) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.write(fresh, lines);
    try (var channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    Path parent = file.getParent();
    if (parent != null) {
      try (var folder = FileChannel.open(parent)) {
        folder.force(true);
      }
    }
  }

  /** The epoch in which a segment of the outbox was written. */
  Epoch ofSegment(int segment) {
    Epoch found = epochs.getFirst();
    for (Epoch epoch : epochs) {
      if (epoch.segment <= segment) {
        found = epoch;
      }
    }
    return found;
  }

  /**
   * The epochs in which samples of a time may have come, oldest first.
   *
   * @param late how much later than its time a sample may have come
   * @param early how much earlier
   */
  List<Epoch> of(long oldest, long newest, long late, long early) {
    var found = new ArrayList<Epoch>();
    for (int i = 0; i < epochs.size(); i++) {
      long since = epochs.get(i).since;
      long until = i + 1 < epochs.size() ? epochs.get(i + 1).since : Long.MAX_VALUE;
      boolean began = since == Long.MIN_VALUE || since - late <= newest;
      boolean lasted = until == Long.MAX_VALUE || until + early >= oldest;
      if (began && lasted) {
        found.add(epochs.get(i));
      }
    }
    return found;
  }
}
