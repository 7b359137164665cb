package dev.hone.loop;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/** A real file on a disk that can fill up: a write then stores half and fails. */
final class FakeDisk implements Journal.Opener {
  volatile boolean full;
  volatile boolean dead;

  @Override
  public RandomAccessFile open(Path file) throws IOException {
    return new RandomAccessFile(file.toFile(), "rw") {
      @Override
      public void write(byte[] bytes) throws IOException {
        if (dead) {
          throw new IOException("Hone is dead");
        }
        if (full) {
          super.write(bytes, 0, bytes.length / 2);
          throw new IOException("No space left on device");
        }
        super.write(bytes);
      }
    };
  }
}
