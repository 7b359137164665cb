package dev.hone.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Tells by their token who asks. The file of named tokens is looked at with each use, so that one
 * that is added or removed counts at once. While that file cannot be read, named tokens are
 * refused. Safe for several threads.
 */
final class Access {
  private static final String BEARER = "Bearer ";

  private final Token owner;
  private final NamedTokens named;
  private final Consumer<String> problems;
  private Object seen = "nothing";
  private List<NamedTokens.Named> tokens = List.of();

  /** Access with the owner's token and the named ones of a file. */
  Access(Token owner, NamedTokens named, Consumer<String> problems) {
    this.owner = owner;
    this.named = named;
    this.problems = problems;
  }

  /** Who a header {@code Authorization} stands for; nobody when no token fits. */
  Optional<Actor> who(String header) {
    if (owner.matches(header)) {
      return Optional.of(Actor.OWNER);
    }
    return header.startsWith(BEARER)
        ? NamedTokens.owner(current(), header.substring(BEARER.length()).strip())
        : Optional.empty();
  }

  private synchronized List<NamedTokens.Named> current() {
    try {
      var file = Files.readAttributes(named.file(), BasicFileAttributes.class);
      Object now = List.of(file.lastModifiedTime(), file.size(), String.valueOf(file.fileKey()));
      if (!now.equals(seen)) {
        tokens = named.list();
        seen = now;
      }
    } catch (NoSuchFileException e) {
      tokens = List.of();
      seen = "nothing";
    } catch (IOException | StartException e) {
      tokens = List.of();
      seen = "unreadable";
      problems.accept(String.valueOf(e.getMessage()));
    }
    return tokens;
  }
}
