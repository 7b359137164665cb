package dev.hone.layer.host;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A cursor over the bytes of a file that was just read. Numbers and words are taken without making
 * strings; reading past the end gives zeros and empty words.
 */
final class Scan {
  private byte[] bytes = new byte[0];
  private int position;
  private int end;
  private int wordStart;
  private int wordEnd;

  void reset(byte[] source, int length) {
    bytes = source;
    position = 0;
    end = length;
    wordStart = 0;
    wordEnd = 0;
  }

  boolean atEnd() {
    return position >= end;
  }

  /** Whether nothing but blanks is left on this line. */
  boolean atLineEnd() {
    skipBlanks();
    return position >= end || bytes[position] == '\n';
  }

  /** Moves behind the next line feed; false at the end of the file. */
  boolean nextLine() {
    while (position < end && bytes[position] != '\n') {
      position++;
    }
    position++;
    return position < end;
  }

  void skipBlanks() {
    while (position < end && (bytes[position] == ' ' || bytes[position] == '\t')) {
      position++;
    }
  }

  /** Skips {@code count} words of this line. */
  void skipWords(int count) {
    for (int i = 0; i < count; i++) {
      word();
    }
  }

  /** Takes the next word of this line: up to a blank, a colon or the line's end. */
  boolean word() {
    skipBlanks();
    wordStart = position;
    while (position < end && !endsWord(bytes[position])) {
      position++;
    }
    wordEnd = position;
    if (position < end && bytes[position] == ':') {
      position++;
    }
    return wordEnd > wordStart;
  }

  private static boolean endsWord(byte b) {
    return b == ' ' || b == '\t' || b == '\n' || b == ':';
  }

  /** Moves behind the next {@code wanted} on this line; false when there is none. */
  boolean skipPast(char wanted) {
    while (position < end && bytes[position] != '\n') {
      if (bytes[position++] == wanted) {
        return true;
      }
    }
    return false;
  }

  /** Moves behind the last {@code wanted} of the whole file; false when there is none. */
  boolean skipPastLast(char wanted) {
    for (int i = end - 1; i >= position; i--) {
      if (bytes[i] == wanted) {
        position = i + 1;
        return true;
      }
    }
    return false;
  }

  /** The next whole number of this line; a value beyond 64 bits wraps as the kernel's do. */
  long number() {
    skipBlanks();
    boolean negative = position < end && bytes[position] == '-';
    if (negative) {
      position++;
    }
    long value = 0;
    while (position < end && bytes[position] >= '0' && bytes[position] <= '9') {
      value = value * 10 + (bytes[position++] - '0');
    }
    return negative ? -value : value;
  }

  /** The next number of this line with an optional fraction. */
  double decimal() {
    long whole = number();
    if (position >= end || bytes[position] != '.') {
      return whole;
    }
    position++;
    long fraction = 0;
    double scale = 1;
    while (position < end && bytes[position] >= '0' && bytes[position] <= '9') {
      fraction = fraction * 10 + (bytes[position++] - '0');
      scale *= 10;
    }
    return whole + fraction / scale;
  }

  /** The next whole number of this line, written to base 16 without a prefix. */
  long hexadecimal() {
    skipBlanks();
    long value = 0;
    while (position < end) {
      int digit = Character.digit(bytes[position], 16);
      if (digit < 0) {
        break;
      }
      value = value << 4 | digit;
      position++;
    }
    return value;
  }

  /** Whether a number without a sign comes next on this line. */
  boolean atDigit() {
    skipBlanks();
    return position < end && bytes[position] >= '0' && bytes[position] <= '9';
  }

  /** The first byte of the word taken last; 0 when it is empty. */
  char wordFirst() {
    return wordEnd > wordStart ? (char) bytes[wordStart] : 0;
  }

  boolean wordIs(byte[] expected) {
    return Arrays.equals(bytes, wordStart, wordEnd, expected, 0, expected.length);
  }

  boolean wordIs(byte[] text, int from, int to) {
    return Arrays.equals(bytes, wordStart, wordEnd, text, from, to);
  }

  boolean wordStartsWith(byte[] expected) {
    int stop = wordStart + expected.length;
    return stop <= wordEnd && Arrays.equals(bytes, wordStart, stop, expected, 0, expected.length);
  }

  /** A hash of the word taken last (FNV-1a). */
  int wordHash() {
    return hash(bytes, wordStart, wordEnd);
  }

  static int hash(byte[] bytes, int from, int to) {
    int hash = 0x811c9dc5;
    for (int i = from; i < to; i++) {
      hash = (hash ^ bytes[i]) * 0x01000193;
    }
    return hash;
  }

  /** A copy of the word taken last. */
  byte[] wordBytes() {
    return Arrays.copyOfRange(bytes, wordStart, wordEnd);
  }

  /** The word taken last; makes a string. */
  String wordText() {
    return new String(bytes, wordStart, wordEnd - wordStart, StandardCharsets.UTF_8);
  }

  /** What is left of this line, without moving; makes a string. */
  String restOfLine() {
    int stop = position;
    while (stop < end && bytes[stop] != '\n') {
      stop++;
    }
    return new String(bytes, position, Math.max(0, stop - position), StandardCharsets.UTF_8);
  }

  /** Whether the rest of this line is just {@code expected}. */
  boolean restOfLineIs(byte[] expected) {
    int stop = position + expected.length;
    return stop <= end
        && (stop == end || bytes[stop] == '\n')
        && Arrays.equals(bytes, position, stop, expected, 0, expected.length);
  }

  /** Everything that was read; makes a string. */
  String text() {
    return new String(bytes, 0, end, StandardCharsets.UTF_8);
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
