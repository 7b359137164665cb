package dev.hone.demo.traffic;

import dev.hone.demo.child.Arguments;
import dev.hone.demo.child.Lifeline;
import dev.hone.demo.http.Client;
import dev.hone.demo.http.Site;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * The shop's visitors: requests by a Poisson process, latency counted from the moment a request was
 * meant to start.
 *
 * <p>Answers {@code /metrics} (Prometheus text; {@code demo_request_seconds} and others) and {@code
 * /summary?seconds=N} (JSON with requests, errors, p50Ms, p95Ms, p99Ms, meanMs).
 *
 * <p>Arguments: {@code --shop URI}, {@code --port N} (0: free), {@code --seed N}, {@code
 * --per-minute N} requests a minute.
 */
public final class Traffic implements Lifeline.Running {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final int IN_FLIGHT = 256;
  private static final int QUEUED = 1024;

  private final Generator generator;
  private final Site site;

  private Traffic(Generator generator, Site site) {
    this.generator = generator;
    this.site = site;
  }

  /** Sends requests until standard input ends. */
  public static void main(String[] args) {
    Lifeline.run(() -> start(new Arguments(args)));
  }

  private static Traffic start(Arguments arguments) throws IOException {
    long began = System.nanoTime();
    Ledger ledger = new Ledger();
    TrafficMetrics metrics = new TrafficMetrics();
    RandomGenerator random =
        RandomGeneratorFactory.of("L64X128MixRandom").create(arguments.number("seed", 1));
    Generator generator =
        new Generator(
            new Client(URI.create(arguments.required("shop")), TIMEOUT),
            random,
            new Generator.Load(
                arguments.number("per-minute", 6_000) / 60.0, TIMEOUT, IN_FLIGHT, QUEUED),
            (scenario, latency, outcome) -> {
              ledger.add(System.nanoTime() - began, latency, outcome != Generator.Outcome.ANSWERED);
              metrics.ended(scenario, latency, outcome);
            });
    Site site = new Site(Math.toIntExact(arguments.number("port", 0)));
    site.metrics(metrics.registry());
    site.route(
        "/summary",
        query -> {
          long seconds = query.number("seconds");
          if (seconds < 1 || seconds > Ledger.SECONDS) {
            throw new IllegalArgumentException(
                "`seconds` is " + seconds + "; it must be from 1 to " + Ledger.SECONDS + ".");
          }
          return Site.Answer.json(ledger.last(System.nanoTime() - began, (int) seconds).json());
        });
    site.start();
    generator.start();
    return new Traffic(generator, site);
  }

  @Override
  public String announcement() {
    return "port=" + site.port();
  }

  @Override
  public void close() {
    generator.close();
    site.close();
  }
}
