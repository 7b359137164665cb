package dev.hone.metrics.scrape;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;

/** A target that answers every request with the same bytes, over plain sockets or TLS. */
final class Exposer implements AutoCloseable {
  private final ServerSocket server;
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  final List<String> requests = new CopyOnWriteArrayList<>();
  final AtomicInteger connections = new AtomicInteger();
  private volatile byte[] response = new byte[0];
  private volatile boolean hangs;

  Exposer() throws IOException {
    this(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
  }

  Exposer(ServerSocket server) {
    this.server = server;
    var unused = Thread.ofVirtual().start(this::accept);
  }

  String address() {
    return "127.0.0.1:" + server.getLocalPort();
  }

  /** Answers with a text from now on. */
  void text(String text) {
    answer("200 OK", "Content-Type: text/plain\r\n", text.getBytes(StandardCharsets.UTF_8));
  }

  void gzip(String text) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    answer("200 OK", "Content-Encoding: gzip\r\n", bytes.toByteArray());
  }

  void answer(String status, String headers, byte[] body) {
    raw(
        ("HTTP/1.1 " + status + "\r\n" + headers + "Content-Length: " + body.length + "\r\n\r\n")
            .getBytes(StandardCharsets.UTF_8),
        body);
  }

  void raw(byte[] head, byte[] body) {
    var all = new ByteArrayOutputStream();
    all.writeBytes(head);
    all.writeBytes(body);
    response = all.toByteArray();
  }

  /** Sends the response but for its last byte, and then nothing. */
  void hang() {
    hangs = true;
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        open.add(socket);
        var unused = Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = socket.getInputStream();
      OutputStream out = socket.getOutputStream();
      boolean first = true;
      while (true) {
        var request = new StringBuilder();
        while (request.indexOf("\r\n\r\n") < 0) {
          int c = in.read();
          if (c < 0) {
            return;
          }
          request.append((char) c);
        }
        if (first) {
          connections.incrementAndGet();
          first = false;
        }
        requests.add(request.toString());
        byte[] bytes = response;
        out.write(bytes, 0, bytes.length - (hangs ? 1 : 0));
        out.flush();
      }
    } catch (IOException e) {
      // The scraper went away, as it may.
    }
  }

  /** Closes the connections that are open, not the server. */
  void drop() throws IOException {
    for (Socket socket : open) {
      socket.close();
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    drop();
  }
}
