package dev.hone.layer.host;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * What statvfs(3) tells of a file system, in the layout that glibc and musl give it on every 64-bit
 * Linux: eleven words, of which {@code f_fsid} is the ninth.
 *
 * @param free bytes that are free, {@code available} those that an ordinary user may have
 */
record FileSystemSpace(
    long size, long free, long available, long files, long filesFree, boolean readOnly) {
  private static final int WORDS = 32;
  private static final long READ_ONLY = 1;
  private static final MethodHandle STATVFS =
      Linker.nativeLinker()
          .downcallHandle(
              Linker.nativeLinker()
                  .defaultLookup()
                  .find("statvfs")
                  .orElseThrow(
                      () -> new IllegalStateException("the C library has no function `statvfs`")),
              FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));

  /** Asks for the file system that this path is on; null when there is no answer. */
  static @Nullable FileSystemSpace of(String path) {
    try (var arena = Arena.ofConfined()) {
      MemorySegment words = arena.allocate(JAVA_LONG, WORDS);
      int result = (int) STATVFS.invokeExact(arena.allocateFrom(path), words);
      if (result != 0) {
        return null;
      }
      long unit = word(words, 1);
      return new FileSystemSpace(
          word(words, 2) * unit,
          word(words, 3) * unit,
          word(words, 4) * unit,
          word(words, 5),
          word(words, 6),
          (word(words, 9) & READ_ONLY) != 0);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private static long word(MemorySegment words, int place) {
    return words.getAtIndex(JAVA_LONG, place);
  }
}
