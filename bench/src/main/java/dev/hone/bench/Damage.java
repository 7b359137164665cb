package dev.hone.bench;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Predicate;

/**
 * Starts a server on files that were damaged. It may refuse to start, refuse to answer or answer
 * with less, but never with a value that was not written.
 */
final class Damage {
  private static final int REQUESTS = 60;

  private final Product product;
  private final SplittableRandom random;
  private final KillStream stream;
  private long refused;
  private long missing;
  private long wrong;

  private Damage(Product product, SplittableRandom random, KillStream stream) {
    this.product = product;
    this.random = random;
    this.stream = stream;
  }

  /** The ways in which files are damaged. */
  private enum Kind {
    UNDAMAGED_LOG,
    UNDAMAGED_BLOCK,
    TORN_TAIL,
    FLIPPED_LOG_BIT,
    FLIPPED_BLOCK_BIT
  }

  static void run(Product product, int times, SplittableRandom random, Figures figures)
      throws IOException, InterruptedException {
    Path copies = Files.createTempDirectory("hone-bench-damage-");
    try {
      long start = InstantSource.system().millis() - KillStream.LONGEST * 1_000L;
      var stream = new KillStream(0, 0, start);
      Path killed = copies.resolve("killed");
      Path blocks = copies.resolve("blocks");
      try (Server server = Server.start(product);
          Connection connection = server.connect()) {
        var encoder = new RemoteWrite();
        for (int i = 0; i < REQUESTS; i++) {
          byte[] request = stream.request(encoder, i);
          connection.post(RemoteWrite.PATH, RemoteWrite.HEADERS, request).accepted();
        }
        Tree.copy(server.snapshot(), blocks);
        server.kill();
        Tree.copy(server.storage(), killed);
      }
      for (Kind kind : Kind.values()) {
        var damage = new Damage(product, random, stream);
        boolean damaged = kind.compareTo(Kind.TORN_TAIL) >= 0;
        for (int i = 0; i < (damaged ? times : 1); i++) {
          damage.once(
              kind,
              kind.name().endsWith("BLOCK") || kind == Kind.FLIPPED_BLOCK_BIT ? blocks : killed,
              copies.resolve("now"));
        }
        String name =
            "durability." + kind.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        figures.add(name + ".wrong", (double) damage.wrong, "samples", new Goal("<=0"));
        if (!damaged) {
          figures.add(name + ".missing", (double) damage.missing, "samples", new Goal("<=0"));
          continue;
        }
        figures.report(name + ".refused", (double) damage.refused, "of " + times);
        double due = (double) times * REQUESTS * KillStream.DEPTH * KillStream.SERIES;
        figures.report(name + ".not-answered", damage.missing / due, "ratio");
      }
    } finally {
      Tree.delete(copies);
    }
  }

  private void once(Kind kind, Path stored, Path now) throws IOException, InterruptedException {
    Tree.copy(stored, now);
    try {
      switch (kind) {
        case UNDAMAGED_LOG, UNDAMAGED_BLOCK -> {}
        case TORN_TAIL -> tear(last(now));
        case FLIPPED_LOG_BIT -> flip(last(now));
        case FLIPPED_BLOCK_BIT -> {
          List<Path> files = Tree.files(now);
          Path largest = Collections.max(files, Comparator.comparingLong(f -> f.toFile().length()));
          flip(random.nextBoolean() ? largest : files.get(random.nextInt(files.size())));
        }
      }
      try (Server server = Server.startOn(product, now);
          Connection connection = server.connect()) {
        KillStream.Found found = stream.check(connection, REQUESTS);
        missing += found.missing();
        wrong += found.wrong();
      } catch (IOException e) {
        refused++;
        missing += (long) REQUESTS * KillStream.DEPTH * KillStream.SERIES;
        System.err.println(kind + ": " + e.getMessage());
      }
    } finally {
      Tree.delete(now);
    }
  }

  /** The last file of the write-ahead log. */
  private static Path last(Path storage) throws IOException {
    Path log = storage.resolve("wal");
    Predicate<Path> segment = file -> !file.toString().contains("checkpoint");
    return Tree.files(log).stream()
        .filter(segment)
        .max(Comparator.naturalOrder())
        .orElseThrow(() -> new IOException("there is no write-ahead log in `" + log + "`"));
  }

  private void tear(Path file) throws IOException {
    try (var bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.setLength(bytes.length() - 1 - random.nextLong(Math.min(bytes.length(), 4096)));
    }
  }

  private void flip(Path file) throws IOException {
    try (var bytes = new RandomAccessFile(file.toFile(), "rw")) {
      long at = random.nextLong(bytes.length());
      bytes.seek(at);
      int value = bytes.read();
      bytes.seek(at);
      bytes.write(value ^ 1 << random.nextInt(8));
    }
  }
}
