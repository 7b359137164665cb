package dev.hone.server;

import dev.hone.metrics.scrape.Access;
import dev.hone.metrics.scrape.Secret;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads who a scrape says it is, and whom it believes. */
final class AccessReader {
  private static final String BEARER = "Bearer";
  private static final List<String> KINDS =
      List.of("basic_auth", "authorization", "bearer_token", "bearer_token_file");

  private final YamlSection job;
  private final Path directory;

  /**
   * @param directory what paths are relative to
   */
  AccessReader(YamlSection job, Path directory) {
    this.job = job;
    this.directory = directory;
  }

  Access read() {
    var found = new ArrayList<Access.Credentials>();
    job.section("basic_auth").flatMap(this::basic).ifPresent(found::add);
    job.section("authorization").flatMap(this::authorization).ifPresent(found::add);
    job.text("bearer_token")
        .ifPresent(token -> found.add(bearer(Optional.of(token), Optional.empty())));
    job.text("bearer_token_file")
        .ifPresent(file -> found.add(bearer(Optional.empty(), Optional.of(file))));
    List<String> given = KINDS.stream().filter(job::has).toList();
    if (given.size() > 1) {
      job.problem(given.get(1), "stands beside `" + given.getFirst() + "`; one of them is enough");
    }
    return new Access(found.stream().findFirst(), tls());
  }

  private Optional<Access.Credentials> basic(YamlSection section) {
    String user = section.text("username").orElse("");
    Optional<String> password = section.text("password");
    Optional<String> file = section.text("password_file");
    oneOf(section, "password", "password_file");
    section.end();
    return Optional.of(
        new Access.Credentials("Basic", user, password.map(Secret::new), file.map(this::path)));
  }

  private Optional<Access.Credentials> authorization(YamlSection section) {
    String type = section.text("type").orElse(BEARER).strip();
    Optional<String> credentials = section.text("credentials");
    Optional<String> file = section.text("credentials_file");
    oneOf(section, "credentials", "credentials_file");
    section.end();
    if (type.equalsIgnoreCase("basic") || !type.matches("[A-Za-z0-9!#$%&'*+.^_`|~-]+")) {
      section.wrong("type", "a scheme like Bearer; for Basic there is `basic_auth`");
      return Optional.empty();
    }
    return Optional.of(
        new Access.Credentials(type, "", credentials.map(Secret::new), file.map(this::path)));
  }

  private Access.Credentials bearer(Optional<String> token, Optional<String> file) {
    return new Access.Credentials(BEARER, "", token.map(Secret::new), file.map(this::path));
  }

  private static void oneOf(YamlSection section, String one, String other) {
    if (section.has(one) && section.has(other)) {
      section.problem(other, "stands beside `" + one + "`; one of them is enough");
    }
  }

  private Access.Tls tls() {
    Optional<YamlSection> section = job.section("tls_config");
    if (section.isEmpty()) {
      return Access.OPEN.tls();
    }
    YamlSection tls = section.get();
    Optional<Path> certificate = readable(tls, "cert_file");
    Optional<Path> key = readable(tls, "key_file");
    if (tls.has("cert_file") != tls.has("key_file")) {
      tls.problem(
          tls.has("cert_file") ? "cert_file" : "key_file",
          "needs the other of `cert_file` and `key_file` beside it");
    }
    var options =
        new Access.Tls(
            readable(tls, "ca_file"),
            certificate,
            key,
            tls.text("server_name"),
            tls.flag("insecure_skip_verify").orElse(false));
    tls.end();
    return options;
  }

  private Optional<Path> readable(YamlSection section, String key) {
    Optional<Path> file = section.text(key).map(this::path);
    if (file.isPresent() && !Files.isReadable(file.get())) {
      section.wrong(key, "a file that can be read");
    }
    return file;
  }

  private Path path(String text) {
    return directory.resolve(text.replace("\0", ""));
  }
}
