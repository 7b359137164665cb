package dev.hone.loop;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A line of the journal: the hash of the line in 64 hexadecimal digits, a space, and a JSON object
 * with {@code seq}, {@code at}, {@code loop} and {@code event}. The hash is SHA-256 over the hash
 * of the line before and the JSON text, so that no line can be changed, left out or put in later
 * without all that follow telling. Lines of version 0.1 have a CRC-32C in eight digits instead;
 * they can only stand before the first chained line.
 */
final class ChainedLine {
  /** What the first line follows. */
  static final String GENESIS = "0".repeat(64);

  private static final int CRC_DIGITS = 8;
  private static final int HASH_DIGITS = 64;

  private ChainedLine() {}

  /** The bytes of an entry, its line end included. */
  static byte[] encode(String hash, String json) {
    return (hash + " " + json + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /** The hash of a line that follows {@code previous}. */
  static String hash(String previous, byte[] json) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      digest.update(HexFormat.of().parseHex(previous));
      return HexFormat.of().formatHex(digest.digest(json));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** A line whose check fits. */
  record Checked(String json, String hash) {}

  /** The content of a line after {@code previous}, or null when its check does not fit. */
  static @Nullable Checked check(byte[] line, String previous) {
    if (line.length > HASH_DIGITS && line[HASH_DIGITS] == ' ') {
      byte[] json = java.util.Arrays.copyOfRange(line, HASH_DIGITS + 1, line.length);
      String hash = hash(previous, json);
      String told = new String(line, 0, HASH_DIGITS, StandardCharsets.ISO_8859_1);
      return hash.equals(told) ? new Checked(text(json), hash) : null;
    }
    if (line.length > CRC_DIGITS && line[CRC_DIGITS] == ' ' && previous.equals(GENESIS)) {
      byte[] json = java.util.Arrays.copyOfRange(line, CRC_DIGITS + 1, line.length);
      var crc = new CRC32C();
      crc.update(json);
      String told = new String(line, 0, CRC_DIGITS, StandardCharsets.ISO_8859_1);
      return String.format("%08x", crc.getValue()).equals(told)
          ? new Checked(text(json), GENESIS)
          : null;
    }
    return null;
  }

  private static String text(byte[] json) {
    return new String(json, StandardCharsets.UTF_8);
  }

  /** The JSON text of an entry. */
  static String json(long sequence, Instant at, String loop, LoopEvent event) {
    var tree = new LinkedHashMap<String, @Nullable Object>();
    tree.put("seq", sequence);
    tree.put("at", at.toString());
    tree.put("loop", loop);
    tree.put("event", RecordCodec.toTree((Record) event));
    return Json.write(tree);
  }

  /**
   * The entry of a line.
   *
   * @throws IllegalArgumentException when it is of another form
   */
  static Journal.Entry decode(Checked line) {
    Map<String, @Nullable Object> tree = Json.parseObject(line.json());
    if (!(tree.get("seq") instanceof Long sequence)
        || !(tree.get("at") instanceof String at)
        || !(tree.get("event") instanceof Map<?, ?> event)) {
      throw new IllegalArgumentException("it has no `seq`, `at` or `event`");
    }
    @SuppressWarnings("unchecked")
    var fields = (Map<String, @Nullable Object>) event;
    return new Journal.Entry(
        sequence,
        Instant.parse(at),
        String.valueOf(tree.get("loop")),
        RecordCodec.fromTree(LoopEvent.class, fields),
        line.hash());
  }
}
