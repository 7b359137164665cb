package dev.hone.metrics.scrape;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** TLS to the targets of a job; its files are read again when they have changed. */
final class TlsSockets {
  private static final int MOST_BYTES = 1 << 20;
  private static final char[] NO_PASSWORD = {};

  private final Access.Tls options;
  private @Nullable SSLSocketFactory factory;
  private List<FileTime> read = List.of();

  TlsSockets(Access.Tls options) {
    this.options = options;
  }

  /** Speaks TLS over a connected socket. */
  Socket over(Socket plain, String host, int port) throws IOException {
    String name = options.serverName().orElse(host);
    var socket = (SSLSocket) factory().createSocket(plain, name, port, true);
    if (!options.unchecked()) {
      var parameters = socket.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      socket.setSSLParameters(parameters);
    }
    socket.startHandshake();
    return socket;
  }

  private synchronized SSLSocketFactory factory() throws IOException {
    List<FileTime> times = new ArrayList<>();
    for (var file : List.of(options.ca(), options.certificate(), options.key())) {
      if (file.isPresent()) {
        times.add(Files.getLastModifiedTime(file.get()));
      }
    }
    SSLSocketFactory made = factory;
    if (made == null || !times.equals(read)) {
      try {
        var context = SSLContext.getInstance("TLS");
        context.init(keys(), trust(), null);
        made = context.getSocketFactory();
      } catch (GeneralSecurityException e) {
        throw new IOException("`tls_config` cannot be used: " + e.getMessage(), e);
      }
      factory = made;
      read = times;
    }
    return made;
  }

  private TrustManager @Nullable [] trust() throws IOException, GeneralSecurityException {
    if (options.unchecked()) {
      return new TrustManager[] {new Believer()};
    }
    if (options.ca().isEmpty()) {
      return null;
    }
    var store = empty();
    for (Certificate authority : certificates(options.ca().get())) {
      store.setCertificateEntry("ca-" + store.size(), authority);
    }
    var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(store);
    return managers.getTrustManagers();
  }

  private KeyManager @Nullable [] keys() throws IOException, GeneralSecurityException {
    Optional<Path> key = options.key();
    if (options.certificate().isEmpty() || key.isEmpty()) {
      return null;
    }
    var store = empty();
    Certificate[] chain = certificates(options.certificate().get()).toArray(new Certificate[0]);
    store.setKeyEntry("hone", key(key.get()), NO_PASSWORD, chain);
    var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(store, NO_PASSWORD);
    return managers.getKeyManagers();
  }

  private static KeyStore empty() throws IOException, GeneralSecurityException {
    var store = KeyStore.getInstance("PKCS12");
    store.load(null, NO_PASSWORD);
    return store;
  }

  private static List<Certificate> certificates(Path file)
      throws IOException, GeneralSecurityException {
    try (var in = Files.newInputStream(file)) {
      var found = CertificateFactory.getInstance("X.509").generateCertificates(in);
      if (found.isEmpty()) {
        throw new GeneralSecurityException("`" + file + "` holds no certificate in PEM");
      }
      return List.copyOf(found);
    }
  }

  private static PrivateKey key(Path file) throws IOException, GeneralSecurityException {
    if (Files.size(file) > MOST_BYTES) {
      throw new GeneralSecurityException("`" + file + "` is larger than 1 MiB; that is no key");
    }
    String pem = Files.readString(file, StandardCharsets.ISO_8859_1);
    String begin = "-----BEGIN PRIVATE KEY-----";
    int from = pem.indexOf(begin);
    int to = pem.indexOf("-----END PRIVATE KEY-----");
    if (from < 0 || to < from) {
      throw new GeneralSecurityException(
          "`%s` holds no key in PKCS#8; make one with `openssl pkcs8 -topk8 -nocrypt -in %s`"
              .formatted(file, file));
    }
    byte[] bytes = Base64.getMimeDecoder().decode(pem.substring(from + begin.length(), to));
    for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(bytes));
      } catch (InvalidKeySpecException e) {
        // Perhaps it is of the next kind.
      }
    }
    throw new GeneralSecurityException("the key in `" + file + "` is neither RSA, EC nor EdDSA");
  }

  /** Believes every certificate ({@code insecure_skip_verify}). */
  private static final class Believer extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
