package dev.hone.metrics.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.metrics.TooLargeException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class UnpackedTest {
  private static final int MEGABYTE = 1 << 20;

  private static byte[] gzip(byte[] bytes) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }

  @Test
  void whatIsUnpackedIsWhatWasPacked() throws IOException {
    for (int size : new int[] {0, 1, 63, 64, 65, 100_000, MEGABYTE, 3 * MEGABYTE + 1}) {
      byte[] bytes = new byte[size];
      new Random(size).nextBytes(bytes);
      byte[] packed = Snappy.encode(bytes, size);
      try (var gzip = Unpacked.gunzip(gzip(bytes));
          var snappy = Unpacked.snappy(packed, packed.length, new byte[MEGABYTE])) {
        assertThat(Arrays.copyOf(gzip.bytes(), gzip.length())).isEqualTo(bytes);
        assertThat(Arrays.copyOf(snappy.bytes(), snappy.length())).isEqualTo(bytes);
      }
    }
  }

  @Test
  void oneBodyHasALimit() throws IOException {
    try (var most = Unpacked.gunzip(gzip(new byte[Unpacked.MAX]))) {
      assertThat(most.length()).isEqualTo(Unpacked.MAX);
    }
    byte[] more = new byte[Unpacked.MAX + 1];
    byte[] gzip = gzip(more);
    byte[] snappy = Snappy.encode(more, more.length);
    assertThatThrownBy(() -> Unpacked.gunzip(gzip))
        .isInstanceOf(TooLargeException.class)
        .hasMessageContaining("67108864 bytes");
    assertThatThrownBy(() -> Unpacked.snappy(snappy, snappy.length, new byte[0]))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("67108865 bytes");
    assertThatThrownBy(() -> Unpacked.gunzip(new byte[] {1, 2, 3}))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("not gzip");
  }

  @Test
  void allThatAreHeldHaveALimitTogetherAndClosingMakesRoom() throws IOException {
    byte[] gzip = gzip(new byte[Unpacked.MAX]);
    byte[] snappy = Snappy.encode(new byte[Unpacked.MAX], Unpacked.MAX);
    try (var _ = Unpacked.gunzip(gzip);
        var _ = Unpacked.snappy(snappy, snappy.length, new byte[0])) {
      assertThatThrownBy(() -> Unpacked.gunzip(gzip))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("at once");
      assertThatThrownBy(() -> Unpacked.snappy(snappy, snappy.length, new byte[0]))
          .isInstanceOf(IOException.class);
      try (var small = Unpacked.gunzip(gzip(new byte[1000]))) {
        assertThat(small.length()).isEqualTo(1000);
      }
    }
    try (var again = Unpacked.gunzip(gzip)) {
      assertThat(again.length()).isEqualTo(Unpacked.MAX);
    }
  }
}
