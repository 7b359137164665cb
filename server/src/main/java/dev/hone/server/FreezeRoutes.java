package dev.hone.server;

import dev.hone.loop.Registry;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What halts changes: the kill switch, freezes, and events that bring them. */
final class FreezeRoutes implements Routes {
  /** Where a pipeline announces what it does. */
  static final String EVENTS = "/api/v1/events";

  private static final long LONGEST_MINUTES = Duration.ofDays(7).toMinutes();

  private final Hone hone;
  private final Status status;

  FreezeRoutes(Hone hone, Status status) {
    this.hone = hone;
    this.status = status;
  }

  @Override
  public @Nullable Object get(Question question) {
    return null;
  }

  @Override
  public @Nullable Object change(Request request) throws InterruptedException {
    String by = request.by().name();
    switch (request.path()) {
      case "/api/v1/stop" ->
          hone.conductor().stopEverything(by, request.text("reason", "no reason given"));
      case "/api/v1/resume" -> hone.conductor().resume(by);
      case "/api/v1/freeze" -> freeze(request);
      case "/api/v1/thaw" -> hone.conductor().thaw(by, request.text("reason", "no reason given"));
      case EVENTS -> happened(request);
      default -> {
        return null;
      }
    }
    return status.now();
  }

  private void freeze(Request request) {
    String word = request.text("cause", Registry.Cause.PERSON.name()).toUpperCase(Locale.ROOT);
    Registry.Cause cause =
        Arrays.stream(Registry.Cause.values())
            .filter(value -> value.name().equals(word))
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "`cause` is `"
                            + word
                            + "`; use one of "
                            + Arrays.stream(Registry.Cause.values())
                                .map(Enum::name)
                                .collect(Collectors.joining(", "))));
    long minutes = request.whole("minutes", 1, LONGEST_MINUTES);
    String reason = request.required("reason", "peak of the sale");
    hone.conductor().freeze(cause, request.by().name(), reason, Duration.ofMinutes(minutes));
  }

  /** New code came in: nothing is changed and nothing is measured until signals have settled. */
  private void happened(Request request) {
    String type = request.required("type", "deployment");
    if (!type.equals("deployment")) {
      throw new IllegalArgumentException("`type` is `" + type + "`; the one there is: deployment");
    }
    String service = request.required("service", "shop");
    String version = request.text("version", "").strip();
    Duration length = hone.conductor().policy().limits().deploymentFreeze();
    if (length.isPositive()) {
      hone.conductor()
          .freeze(
              Registry.Cause.DEPLOYMENT,
              request.by().name(),
              "deployment of " + service + (version.isEmpty() ? "" : " " + version),
              length);
    }
  }
}
