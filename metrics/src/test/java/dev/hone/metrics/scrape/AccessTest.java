package dev.hone.metrics.scrape;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.metrics.MemoryStore;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Credentials and TLS, against real sockets and certificates that openssl makes. */
class AccessTest {
  @TempDir Path directory;
  private final FakeTimetable clock = new FakeTimetable();
  private final MemoryStore store = new MemoryStore(100, 10);
  private final List<String> notices = new ArrayList<>();

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void sendsBasicCredentialsAndTokensAndReadsThemFromFiles() throws Exception {
    Path file = Files.writeString(directory.resolve("token"), "s3cret\n");
    assertThat(sent(credentials("Basic", "hone", "geheim", null)))
        .contains("Authorization: Basic aG9uZTpnZWhlaW0=\r\n");
    assertThat(sent(credentials("Bearer", "", "t0ken", null)))
        .contains("Authorization: Bearer t0ken\r\n");
    assertThat(sent(credentials("Bearer", "", null, file)))
        .contains("Authorization: Bearer s3cret\r\n");
    assertThat(sent(Access.OPEN)).doesNotContain("Authorization");
  }

  @Test
  void aSecretIsNeverShown() {
    Access access = credentials("Bearer", "", "t0ken", null);
    assertThat(Jobs.with(Jobs.job("j"), "http", access).toString())
        .contains("<secret>")
        .doesNotContain("t0ken");
    assertThat(error(credentials("Bearer", "", "two\r\nlines", null), "http", "127.0.0.1:1"))
        .contains("line break")
        .doesNotContain("two");
    assertThat(
            error(
                credentials("Bearer", "", null, directory.resolve("none")), "http", "127.0.0.1:1"))
        .contains("none");
  }

  @Test
  void believesOnlyTheAuthorityThatIsNamedAndOnlyForTheServersName() throws Exception {
    certificate("server", "localhost");
    try (var target = tls(false)) {
      target.text("a 1\n");
      Path ca = directory.resolve("server.pem");
      assertThat(error(tls(Optional.of(ca), Optional.of("localhost"), false), target)).isEmpty();
      assertThat(error(tls(Optional.of(ca), Optional.empty(), false), target))
          .contains("127.0.0.1");
      assertThat(error(tls(Optional.of(ca), Optional.of("elsewhere"), false), target))
          .contains("elsewhere");
      assertThat(error(tls(Optional.empty(), Optional.of("localhost"), false), target))
          .contains("certification path");
      assertThat(error(tls(Optional.empty(), Optional.empty(), true), target)).isEmpty();
    }
  }

  @Test
  void showsItsOwnCertificateWhenOneIsAsked() throws Exception {
    certificate("server", "localhost");
    try (var target = tls(true)) {
      target.text("a 1\n");
      Path pem = directory.resolve("server.pem");
      assertThat(error(tls(Optional.of(pem), Optional.of("localhost"), false), target))
          .isNotEmpty();
      var own =
          new Access.Tls(
              Optional.of(pem),
              Optional.of(pem),
              Optional.of(directory.resolve("server.key")),
              Optional.of("localhost"),
              false);
      assertThat(error(new Access(Optional.empty(), own), target)).isEmpty();
    }
  }

  private static Access credentials(
      String type,
      String user,
      @org.jspecify.annotations.Nullable String secret,
      @org.jspecify.annotations.Nullable Path file) {
    return new Access(
        Optional.of(
            new Access.Credentials(
                type,
                user,
                Optional.ofNullable(secret).map(Secret::new),
                Optional.ofNullable(file))),
        Access.OPEN.tls());
  }

  private static Access tls(Optional<Path> ca, Optional<String> name, boolean unchecked) {
    return new Access(
        Optional.empty(), new Access.Tls(ca, Optional.empty(), Optional.empty(), name, unchecked));
  }

  private String sent(Access access) throws IOException {
    try (var target = new Exposer()) {
      target.text("a 1\n");
      assertThat(error(access, "http", target.address())).isEmpty();
      return target.requests.getFirst();
    }
  }

  private String error(Access access, Exposer target) {
    return error(access, "https", target.address());
  }

  private String error(Access access, String scheme, String address) {
    Job job = Jobs.with(Jobs.job("j"), scheme, access);
    try (var scrapes = new Scrapes(List.of(job), store, clock, notices::add)) {
      scrapes.targets("j", List.of(new TargetGroup(List.of(address), Map.of())));
      clock.advance(Duration.ofSeconds(10));
      TargetStatus status = scrapes.active().getFirst();
      assertThat(status.health()).isNotEqualTo(TargetStatus.Health.UNKNOWN);
      return status.error();
    }
  }

  private void certificate(String name, String host) throws IOException, InterruptedException {
    Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/openssl")), "needs openssl");
    run(
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=%s -addext subjectAltName=DNS:%s -keyout %s.key -out %s.pem"
            .formatted(host, host, name, name));
    run(
        "openssl pkcs12 -export -in %s.pem -inkey %s.key -out %s.p12 -passout pass:changeit"
            .formatted(name, name, name));
  }

  private void run(String command) throws IOException, InterruptedException {
    var process =
        new ProcessBuilder(command.split(" "))
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(said).isZero();
  }

  private Exposer tls(boolean asksForCertificate) throws Exception {
    char[] password = "changeit".toCharArray();
    KeyStore store = KeyStore.getInstance(directory.resolve("server.p12").toFile(), password);
    var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, password);
    var trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("one", store.getCertificate(store.aliases().nextElement()));
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    var context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    var socket =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    socket.setNeedClientAuth(asksForCertificate);
    return new Exposer(socket);
  }
}
