package dev.hone.metrics.remote;

import dev.hone.metrics.wire.WriteRequest;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** HTTP with one backend, and whether it answers. */
final class Link implements AutoCloseable {
  /** What an answer may be, in bytes. */
  static final int MOST_BYTES = (int) Math.min(512 << 20, Runtime.getRuntime().maxMemory() / 8);

  /** What the answer to samples may be, in bytes. */
  private static final int MOST_REFUSAL = 64 << 10;

  private static final Duration CONNECT = Duration.ofSeconds(2);
  private static final Duration PROBE = Duration.ofSeconds(1);
  private static final Duration ANSWER = Duration.ofMinutes(2);
  private static final int SHOWN = 300;

  private final Backend backend;
  private final HttpClient client;
  private final AtomicLong received = new AtomicLong();
  private volatile boolean alive = true;
  private volatile long answeredNanos = System.nanoTime();
  private volatile String problem = "";

  /**
   * A link; no connection is opened yet.
   *
   * @throws IOException when its certificates cannot be read
   */
  Link(Backend backend) throws IOException {
    this.backend = backend;
    HttpClient.Builder builder =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT);
    if (backend.access().caFile().isPresent()) {
      builder.sslContext(trusting(backend.access().caFile().get()));
    }
    this.client = builder.build();
  }

  private static SSLContext trusting(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int number = 0;
      for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry("ca-" + number++, certificate);
      }
      var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException(file + " holds no certificates in PEM: " + e.getMessage(), e);
    }
  }

  /**
   * An answer.
   *
   * @param retryAfter the header of that name, or the empty string
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Reply(int status, byte[] body, String retryAfter) {
    boolean isGood() {
      return status / 100 == 2;
    }

    /** The beginning of the text, on one line. */
    String text() {
      String text = new String(body, 0, Math.min(body.length, SHOWN), StandardCharsets.UTF_8);
      return text.strip().replaceAll("\\s+", " ");
    }
  }

  /** Whether the last exchange went well. */
  boolean alive() {
    return alive;
  }

  /** Why it is not alive. */
  String problem() {
    return problem;
  }

  /** Bytes of answers so far, decompressed. */
  long received() {
    return received.get();
  }

  void countReceived(long bytes) {
    received.addAndGet(bytes);
  }

  /** Sends a body of samples. */
  Reply write(byte[] body, Duration timeout) throws IOException, InterruptedException {
    HttpRequest request =
        request(backend.writes())
            .timeout(timeout)
            .header("Content-Type", "application/x-protobuf")
            .header("Content-Encoding", "snappy")
            .header("X-Prometheus-Remote-Write-Version", WriteRequest.VERSION)
            .POST(BodyPublishers.ofByteArray(body))
            .build();
    try {
      Reply reply =
          reply(
              client.send(
                  request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MOST_REFUSAL)));
      if (reply.status() / 100 == 5) {
        failed("it answers " + reply.status() + ": " + reply.text());
      } else {
        answered();
      }
      return reply;
    } catch (IOException e) {
      failed(told(e));
      throw e;
    }
  }

  /** Asks with parameters in a form. */
  CompletableFuture<Reply> ask(String path, Map<String, String> parameters) throws IOException {
    String form =
        parameters.entrySet().stream()
            .map(e -> e.getKey() + "=" + URLEncoder.encode(e.getValue(), StandardCharsets.UTF_8))
            .collect(Collectors.joining("&"));
    return exchange(
        request(URI.create(backend.url() + path))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(form))
            .build());
  }

  /** Asks in the address. */
  CompletableFuture<Reply> get(String pathAndQuery) throws IOException {
    return exchange(request(URI.create(backend.url() + pathAndQuery)).GET().build());
  }

  /** Asks for raw samples with a body of remote-read. */
  CompletableFuture<Reply> read(byte[] body) throws IOException {
    return exchange(
        request(URI.create(backend.url() + "/api/v1/read"))
            .header("Content-Type", "application/x-protobuf")
            .header("Content-Encoding", "snappy")
            .header("X-Prometheus-Remote-Read-Version", "0.1.0")
            .POST(BodyPublishers.ofByteArray(body))
            .build());
  }

  private CompletableFuture<Reply> exchange(HttpRequest request) {
    return client
        .sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MOST_BYTES))
        .thenApply(Link::reply);
  }

  /**
   * Waits for an answer; as soon as the backend looks dead meanwhile, no longer.
   *
   * @throws IOException when there is none, or it is an error of the backend
   */
  Reply await(CompletableFuture<Reply> asked) throws IOException, InterruptedException {
    long end = System.nanoTime() + ANSWER.toNanos();
    while (true) {
      try {
        Reply reply = asked.get(PROBE.toMillis(), TimeUnit.MILLISECONDS);
        if (reply.status() / 100 == 5 && reply.status() != 501) {
          throw new IOException("it answers " + reply.status() + ": " + reply.text());
        }
        answered();
        return reply;
      } catch (TimeoutException e) {
        if (System.nanoTime() > end || !probe()) {
          asked.cancel(true);
          throw new IOException("it does not answer", e);
        }
      } catch (ExecutionException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        failed(told(cause));
        throw new IOException(told(cause), e);
      }
    }
  }

  /** Asks something small; whether an answer came within a second. */
  boolean probe() {
    return check(Duration.ZERO).map(CompletableFuture::join).orElse(false);
  }

  private CompletableFuture<Reply> probing() throws IOException {
    return get("/api/v1/query?query=1");
  }

  /** Whether it answered within a time; if not, it is asked something small. */
  Optional<CompletableFuture<Boolean>> check(Duration fresh) {
    if (alive && System.nanoTime() - answeredNanos < fresh.toNanos()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          probing()
              .orTimeout(PROBE.toMillis(), TimeUnit.MILLISECONDS)
              .handle(
                  (reply, problem) -> {
                    if (problem != null) {
                      failed(told(problem));
                    } else if (reply.status() / 100 == 5) {
                      failed("it answers " + reply.status());
                    } else {
                      answered();
                    }
                    return alive;
                  }));
    } catch (IOException e) {
      failed(told(e));
      return Optional.empty();
    }
  }

  private static String told(Throwable problem) {
    Throwable cause =
        problem instanceof java.util.concurrent.CompletionException && problem.getCause() != null
            ? problem.getCause()
            : problem;
    String message = cause.getMessage();
    return switch (cause) {
      case java.net.http.HttpTimeoutException e -> "it does not answer in time";
      case TimeoutException e -> "it does not answer in time";
      case java.net.ConnectException e -> "no connection to it can be made";
      default -> message == null ? cause.getClass().getSimpleName() : message;
    };
  }

  private void answered() {
    answeredNanos = System.nanoTime();
    alive = true;
    problem = "";
  }

  private void failed(String why) {
    problem = why;
    alive = false;
  }

  private static Reply reply(HttpResponse<byte[]> response) {
    return new Reply(
        response.statusCode(),
        response.body(),
        response.headers().firstValue("Retry-After").orElse(""));
  }

  private HttpRequest.Builder request(URI uri) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri).timeout(ANSWER).header("User-Agent", "hone");
    Backend.Access access = backend.access();
    access.tenant().ifPresent(tenant -> request.header("X-Scope-OrgID", tenant));
    if (access.tokenFile().isPresent()) {
      request.header("Authorization", "Bearer " + secret(access.tokenFile().get()));
    } else if (access.username().isPresent()) {
      String password =
          access.passwordFile().isPresent() ? secret(access.passwordFile().get()) : "";
      byte[] pair = (access.username().get() + ":" + password).getBytes(StandardCharsets.UTF_8);
      request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(pair));
    }
    return request;
  }

  private static String secret(Path file) throws IOException {
    String secret;
    try {
      secret = Files.readString(file).strip();
    } catch (IOException e) {
      throw new IOException("the file " + file + " with a credential cannot be read", e);
    }
    if (secret.chars().anyMatch(c -> c < ' ' || c > '~')) {
      throw new IOException(
          "the file " + file + " with a credential holds more than one line of plain characters");
    }
    return secret;
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
