package dev.hone.metrics.scrape;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** Reads the text of one target over HTTP/1.1; keeps its connection from scrape to scrape. */
final class TargetClient implements AutoCloseable {
  private static final String ACCEPT =
      "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
  private static final int MOST_REDIRECTS = 10;
  private static final int MOST_SECRET = 64 << 10;
  private static final int FIRST_BODY = 16 << 10;

  private final Job job;
  private final Target target;
  private final Network network;
  private final TlsSockets tls;
  private @Nullable Connection kept;
  private int expectedLength = FIRST_BODY;

  TargetClient(Job job, Target target, Network network, TlsSockets tls) {
    this.job = job;
    this.target = target;
    this.network = network;
    this.tls = tls;
  }

  /** The text of a target: the first {@code length} bytes of an array. */
  @SuppressWarnings("ArrayRecordComponent")
  record Page(byte[] body, int length, boolean openMetrics) {}

  /** Where a request goes. */
  private record Place(String scheme, String host, int port, String authority, String path) {
    boolean sameServer(Place other) {
      return scheme.equals(other.scheme) && host.equals(other.host) && port == other.port;
    }
  }

  /**
   * Reads the text once.
   *
   * @throws IOException when the target cannot be read, does not answer 200 or sends too much
   */
  Page get() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + target.timeout().toNanos();
    Optional<String> authorization = authorization();
    var home =
        new Place(
            target.scheme(),
            target.host(),
            target.port(),
            target.url().substring(target.scheme().length() + 3).split("/", 2)[0],
            target.path());
    Place place = home;
    for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
      Connection before = place.sameServer(home) ? kept : null;
      String request = request(place, place.sameServer(home) ? authorization : Optional.empty());
      Object answer;
      try {
        answer = exchange(before, place, request, deadline);
      } catch (SocketException | java.io.EOFException e) {
        if (before == null || before.hasAnswered()) {
          throw e;
        }
        answer = exchange(null, place, request, deadline);
      }
      if (answer instanceof Page page) {
        return page;
      }
      place = redirected(place, String.valueOf(answer));
    }
    throw new IOException("more than " + MOST_REDIRECTS + " redirects");
  }

  /** One request and its response: a page, or where to ask instead. */
  private Object exchange(@Nullable Connection before, Place place, String request, long deadline)
      throws IOException, InterruptedException {
    kept = null;
    Connection connection = before;
    Socket socket = before == null ? new Socket() : before.plain();
    Duration left = left(deadline);
    Future<?> closing = network.closeAfter(socket, left);
    boolean keep = false;
    try {
      if (connection == null) {
        connection = connect(socket, place, deadline);
      }
      Connection.Head head = connection.ask(request);
      Object answer = answer(connection, head);
      keep = connection.isReusable();
      return answer;
    } catch (IOException e) {
      if (System.nanoTime() - deadline >= 0) {
        throw new IOException(
            "it did not answer completely within %d ms".formatted(target.timeout().toMillis()), e);
      }
      throw e;
    } finally {
      closing.cancel(false);
      if (keep && place.host().equals(target.host()) && place.port() == target.port()) {
        kept = connection;
      } else {
        Network.quietly(socket);
      }
    }
  }

  private static Duration left(long deadline) throws IOException {
    long nanos = deadline - System.nanoTime();
    if (nanos <= 0) {
      throw new IOException("the time is up");
    }
    return Duration.ofNanos(nanos);
  }

  private Connection connect(Socket socket, Place place, long deadline)
      throws IOException, InterruptedException {
    var address = network.lookUp(place.host(), left(deadline));
    socket.setTcpNoDelay(true);
    socket.connect(
        new InetSocketAddress(address, place.port()),
        Math.clamp(left(deadline).toMillis(), 1, Integer.MAX_VALUE));
    return new Connection(
        place.scheme().equals("https") ? tls.over(socket, place.host(), place.port()) : socket,
        socket);
  }

  private Object answer(Connection connection, Connection.Head head) throws IOException {
    String location = head.header("location");
    if (head.status() / 100 == 3 && job.followRedirects() && !location.isEmpty()) {
      return location;
    }
    if (head.status() != 200) {
      throw new IOException(
          "the server answered with HTTP status " + head.status() + " " + head.reason());
    }
    String type = head.header("content-type").toLowerCase(Locale.ROOT);
    boolean openMetrics = type.split(";", 2)[0].strip().equals("application/openmetrics-text");
    int limit = job.limits().mostBytes();
    InputStream plain = connection.body(head);
    String coding = head.header("content-encoding").toLowerCase(Locale.ROOT);
    switch (coding) {
      case "", "identity" -> {
        return page(plain, limit, openMetrics);
      }
      case "gzip" -> {
        Page page;
        try (var unpacked = new GZIPInputStream(plain, FIRST_BODY)) {
          page = page(unpacked, limit, openMetrics);
          drain(plain);
        }
        return page;
      }
      default ->
          throw new IOException("Content-Encoding is `" + coding + "`, which was not asked for");
    }
  }

  /** Reads what may follow the compressed text, so that the connection can be used again. */
  private static void drain(InputStream in) throws IOException {
    var rest = new byte[64];
    for (int i = 0; i < rest.length && in.read(rest) >= 0; i++) {
      // It is of no use.
    }
  }

  private Page page(InputStream in, int limit, boolean openMetrics) throws IOException {
    var bytes = new byte[(int) Math.min(expectedLength + 1L, limit + 1L)];
    int length = 0;
    while (true) {
      if (length > limit) {
        throw new IOException(
            "body_size_limit of " + limit + " bytes exceeded; raise it or expose less");
      }
      if (length == bytes.length) {
        bytes = Arrays.copyOf(bytes, (int) Math.min(limit + 1L, bytes.length * 2L));
      }
      int count = in.read(bytes, length, bytes.length - length);
      if (count < 0) {
        expectedLength = Math.max(FIRST_BODY, length + length / 8);
        return new Page(bytes, length, openMetrics);
      }
      length += count;
    }
  }

  private String request(Place place, Optional<String> authorization) {
    return "GET "
        + place.path()
        + " HTTP/1.1\r\nHost: "
        + place.authority()
        + "\r\nUser-Agent: Hone\r\nAccept: "
        + ACCEPT
        + "\r\nAccept-Encoding: gzip\r\nX-Prometheus-Scrape-Timeout-Seconds: "
        + target.timeout().toMillis() / 1000.0
        + authorization.map(value -> "\r\nAuthorization: " + value).orElse("")
        + "\r\n\r\n";
  }

  private Optional<String> authorization() throws IOException {
    if (job.access().credentials().isEmpty()) {
      return Optional.empty();
    }
    Access.Credentials credentials = job.access().credentials().get();
    String secret = "";
    if (credentials.file().isPresent()) {
      Path file = credentials.file().get();
      try {
        if (Files.size(file) > MOST_SECRET) {
          throw new IOException("it is larger than 64 KiB");
        }
        secret = Files.readString(file).strip();
      } catch (IOException e) {
        throw new IOException("the credentials in `" + file + "` cannot be read: " + e, e);
      }
    } else if (credentials.secret().isPresent()) {
      secret = credentials.secret().get().value();
    }
    if ((credentials.type() + credentials.user() + secret).chars().anyMatch(c -> c < ' ')) {
      throw new IOException("the credentials hold a line break or another control character");
    }
    String value =
        credentials.type().equals("Basic")
            ? Base64.getEncoder()
                .encodeToString(
                    (credentials.user() + ":" + secret).getBytes(StandardCharsets.UTF_8))
            : secret;
    return Optional.of(credentials.type() + " " + value);
  }

  private static Place redirected(Place from, String location) throws IOException {
    try {
      URI to = URI.create(from.scheme() + "://" + from.authority() + from.path()).resolve(location);
      String scheme = String.valueOf(to.getScheme()).toLowerCase(Locale.ROOT);
      String authority = String.valueOf(to.getRawAuthority());
      if (scheme.equals("http") || scheme.equals("https")) {
        HostAndPort at = HostAndPort.of(authority, scheme);
        String path = to.getRawPath() == null ? "" : to.getRawPath();
        String query = to.getRawQuery() == null ? "" : "?" + to.getRawQuery();
        return new Place(
            scheme, at.host(), at.port(), authority, (path.isEmpty() ? "/" : path) + query);
      }
    } catch (IllegalArgumentException e) {
      throw new IOException("it redirects to `" + shown(location) + "`, which is no address", e);
    }
    throw new IOException("it redirects to `" + shown(location) + "`, which is no http address");
  }

  /** Parameters may hold secrets. */
  private static String shown(String location) {
    return HostAndPort.shown(location.split("\\?", 2)[0]);
  }

  @Override
  public void close() {
    Connection connection = kept;
    kept = null;
    if (connection != null) {
      Network.quietly(connection.plain());
    }
  }
}
