package dev.hone.bench;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One kept HTTP/1.1 connection to a server on loopback. It does the least a client can do, on the
 * calling thread, so that what is timed is the server. A request whose kept connection turns out to
 * be closed is sent once more on a new one.
 */
final class Connection implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 180_000;

  private final int port;
  private @Nullable Socket socket;
  private InputStream in = InputStream.nullInputStream();
  private byte[] body = new byte[1 << 16];

  Connection(int port) {
    this.port = port;
  }

  /**
   * A server's answer.
   *
   * @param body holds the answer in its first {@code length} bytes until the next request
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Reply(int status, byte[] body, int length) {
    String text() {
      return new String(body, 0, length, StandardCharsets.UTF_8);
    }

    byte[] bytes() {
      return Arrays.copyOf(body, length);
    }

    /** The answer when the server accepted the request. */
    Reply accepted() throws IOException {
      if (status / 100 != 2) {
        String said = text();
        throw new IOException(
            "the server answered "
                + status
                + ": "
                + said.substring(0, Math.min(400, said.length())));
      }
      return this;
    }
  }

  /** Writes a value into the query part of a path. */
  static String escape(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  Reply get(String path) throws IOException {
    return exchange(head("GET", path, "\r\n"), new byte[0]);
  }

  /**
   * Sends a body.
   *
   * @param headers each ends with CR LF
   */
  Reply post(String path, String headers, byte[] content) throws IOException {
    String more = headers + "Content-Length: " + content.length + "\r\n\r\n";
    return exchange(head("POST", path, more), content);
  }

  private byte[] head(String method, String path, String more) {
    String text = method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\n" + more;
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private Reply exchange(byte[] head, byte[] content) throws IOException {
    boolean kept = socket != null;
    try {
      return once(head, content);
    } catch (IOException e) {
      close();
      if (!kept) {
        throw e;
      }
    }
    try {
      return once(head, content);
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  private Reply once(byte[] head, byte[] content) throws IOException {
    OutputStream out = connected().getOutputStream();
    byte[] whole = Arrays.copyOf(head, head.length + content.length);
    System.arraycopy(content, 0, whole, head.length, content.length);
    out.write(whole);
    String statusLine = line();
    int status = Integer.parseInt(statusLine.substring(9, 12));
    long length = -1;
    boolean chunked = false;
    boolean closing = false;
    for (String header = line(); !header.isEmpty(); header = line()) {
      String lower = header.toLowerCase(Locale.ROOT);
      if (lower.startsWith("content-length:")) {
        length = Long.parseLong(lower.substring(15).strip());
      } else if (lower.startsWith("transfer-encoding:")) {
        chunked = lower.contains("chunked");
      } else if (lower.startsWith("connection:")) {
        closing = lower.contains("close");
      }
    }
    int read = 0;
    if (chunked) {
      read = chunks();
    } else if (status != 204) {
      if (length < 0) {
        throw new IOException("an answer of port " + port + " tells no length: " + statusLine);
      }
      read = fill(0, Math.toIntExact(length));
    }
    if (closing) {
      close();
    }
    return new Reply(status, body, read);
  }

  private Socket connected() throws IOException {
    if (socket == null) {
      var fresh = new Socket();
      fresh.setTcpNoDelay(true);
      fresh.setSoTimeout(TIMEOUT_MILLIS);
      fresh.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 5_000);
      in = new BufferedInputStream(fresh.getInputStream(), 1 << 16);
      socket = fresh;
    }
    return socket;
  }

  private String line() throws IOException {
    var text = new StringBuilder(64);
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("the server on port " + port + " closed the connection");
      }
      if (c != '\r') {
        text.append((char) c);
      }
    }
    return text.toString();
  }

  private int chunks() throws IOException {
    int filled = 0;
    while (true) {
      int size = Integer.parseInt(line().split(";", 2)[0].strip(), 16);
      filled = fill(filled, size);
      line();
      if (size == 0) {
        return filled;
      }
    }
  }

  private int fill(int at, int count) throws IOException {
    if (at + count > body.length) {
      body = Arrays.copyOf(body, Math.max(at + count, 2 * body.length));
    }
    if (in.readNBytes(body, at, count) < count) {
      throw new EOFException("the server on port " + port + " closed the connection in an answer");
    }
    return at + count;
  }

  @Override
  public void close() throws IOException {
    if (socket != null) {
      socket.close();
      socket = null;
    }
  }
}
