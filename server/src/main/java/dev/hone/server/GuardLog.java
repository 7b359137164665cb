package dev.hone.server;

import dev.hone.loop.GuardPost;
import dev.hone.loop.RecordCodec;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** What the guard undid, written by it and read by Hone at its next start; a line an undo. */
public final class GuardLog {
  private final Path file;

  /** The log in a data directory. */
  public GuardLog(Path dataDirectory) {
    this.file = dataDirectory.resolve("guard.log");
  }

  /** Adds an undo, durably. */
  void add(GuardPost.Undone undone) {
    try (var out = new FileOutputStream(file.toFile(), true)) {
      out.write((RecordCodec.write(undone) + "\n").getBytes(StandardCharsets.UTF_8));
      out.getFD().sync();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Forgets everything, once the journal tells what became of each loop. */
  public void clear() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All undos by loop; a torn last line is passed over. */
  public Map<String, GuardPost.Undone> read() {
    var undone = new HashMap<String, GuardPost.Undone>();
    try {
      if (Files.exists(file)) {
        for (String line : Files.readAllLines(file)) {
          try {
            var entry = RecordCodec.read(GuardPost.Undone.class, line);
            undone.put(entry.loop(), entry);
          } catch (IllegalArgumentException ignored) {
            // A torn last line: the undo itself is verified when Hone starts.
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return undone;
  }
}
