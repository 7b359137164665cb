package dev.hone.metrics.scrape;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** One connection to a target and the HTTP/1.1 that is spoken on it (RFC 9112). */
final class Connection {
  private static final int BUFFER = 16 << 10;
  private static final int MOST_HEADER = 64 << 10;

  private final Socket socket;
  private final Socket plain;
  private final InputStream raw;
  private byte[] buffer = new byte[0];
  private int at;
  private int end;
  private boolean reusable;
  private boolean answered;

  /**
   * A connection.
   *
   * @param socket speaks TLS where that is asked for
   * @param plain the socket below; to close it never waits for the target
   */
  Connection(Socket socket, Socket plain) throws IOException {
    this.socket = socket;
    this.plain = plain;
    this.raw = socket.getInputStream();
  }

  /** The head of a response; header names in lower case. */
  record Head(int status, String reason, Map<String, String> headers, boolean keepAlive) {
    String header(String name) {
      return headers.getOrDefault(name, "");
    }
  }

  /** The socket of the system. */
  Socket plain() {
    return plain;
  }

  /** Whether another request may follow on this connection. */
  boolean isReusable() {
    return reusable;
  }

  /** Whether anything came back for the last request. */
  boolean hasAnswered() {
    return answered;
  }

  /** Sends a request and reads the head of the response. */
  Head ask(String request) throws IOException {
    reusable = false;
    answered = false;
    buffer = new byte[BUFFER];
    at = 0;
    end = 0;
    socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
    Head head = head();
    while (head.status() / 100 == 1) {
      head = head();
    }
    return head;
  }

  private Head head() throws IOException {
    int[] budget = {MOST_HEADER};
    String status = line(budget);
    if (!status.matches("HTTP/1\\.[01] [0-9]{3}.*")) {
      throw new IOException("the target does not speak HTTP/1.1");
    }
    var headers = new HashMap<String, String>();
    for (String line = line(budget); !line.isEmpty(); line = line(budget)) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        headers.put(
            line.substring(0, colon).strip().toLowerCase(Locale.ROOT),
            line.substring(colon + 1).strip());
      }
    }
    String connection = headers.getOrDefault("connection", "").toLowerCase(Locale.ROOT);
    boolean keepAlive =
        status.startsWith("HTTP/1.1")
            ? !connection.contains("close")
            : connection.contains("keep-alive");
    String reason = status.length() > 13 ? status.substring(13).strip() : "";
    return new Head(Integer.parseInt(status.substring(9, 12)), reason, headers, keepAlive);
  }

  private String line(int[] budget) throws IOException {
    var line = new StringBuilder();
    while (true) {
      int c = read();
      if (c < 0) {
        throw new EOFException("the target closed the connection in the head of its response");
      }
      if (--budget[0] < 0) {
        throw new IOException("the head of the response is larger than " + MOST_HEADER + " bytes");
      }
      if (c == '\n') {
        int length = line.length();
        boolean carriage = length > 0 && line.charAt(length - 1) == '\r';
        return line.substring(0, carriage ? length - 1 : length);
      }
      line.append((char) c);
    }
  }

  private int read() throws IOException {
    return fill() ? buffer[at++] & 0xFF : -1;
  }

  private boolean fill() throws IOException {
    if (at == end) {
      at = 0;
      end = Math.max(0, raw.read(buffer, 0, buffer.length));
      answered |= end > 0;
    }
    return at < end;
  }

  private int read(byte[] into, int offset, int length) throws IOException {
    if (at == end && length >= BUFFER) {
      return raw.read(into, offset, length);
    }
    if (!fill()) {
      return -1;
    }
    int count = Math.min(length, end - at);
    System.arraycopy(buffer, at, into, offset, count);
    at += count;
    return count;
  }

  /** The body of a response; read to its end, the connection can be used again. */
  InputStream body(Head head) throws IOException {
    String coding = head.header("transfer-encoding").toLowerCase(Locale.ROOT);
    if (!coding.isEmpty() && !coding.equals("chunked")) {
      throw new IOException("Transfer-Encoding is `" + coding + "`, which was not asked for");
    }
    if (!coding.isEmpty()) {
      return new Body(0, true, head.keepAlive());
    }
    String length = head.header("content-length");
    if (length.isEmpty()) {
      return new Body(Long.MAX_VALUE, false, false);
    }
    if (!length.matches("[0-9]{1,18}")) {
      throw new IOException("Content-Length is `" + length + "`, which is no number");
    }
    return new Body(Long.parseLong(length), false, head.keepAlive());
  }

  private final class Body extends InputStream {
    private final boolean chunked;
    private final boolean keepAlive;
    private final boolean untilClosed;
    private long left;
    private boolean first = true;
    private boolean ended;

    Body(long length, boolean chunked, boolean keepAlive) {
      this.left = length;
      this.chunked = chunked;
      this.keepAlive = keepAlive;
      this.untilClosed = length == Long.MAX_VALUE;
    }

    @Override
    public int read() throws IOException {
      var one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (left == 0 && !ended) {
        if (chunked) {
          nextChunk();
        } else {
          finish();
        }
      }
      if (ended) {
        return -1;
      }
      int count = Connection.this.read(into, offset, (int) Math.min(length, left));
      if (count < 0) {
        ended = true;
        if (!untilClosed) {
          throw new EOFException("the target closed the connection in the middle of its response");
        }
        return -1;
      }
      left -= count;
      return count;
    }

    private void nextChunk() throws IOException {
      int[] budget = {MOST_HEADER};
      if (!first) {
        line(budget);
      }
      first = false;
      String size = line(budget).split(";", 2)[0].strip();
      if (!size.matches("[0-9a-fA-F]{1,15}")) {
        throw new IOException("a chunk of the response has the size `" + size + "`");
      }
      left = Long.parseLong(size, 16);
      if (left == 0) {
        while (!line(budget).isEmpty()) {
          // Trailers are not used.
        }
        finish();
      }
    }

    private void finish() {
      ended = true;
      reusable = keepAlive && at == end;
      buffer = new byte[0];
      at = 0;
      end = 0;
    }
  }
}
