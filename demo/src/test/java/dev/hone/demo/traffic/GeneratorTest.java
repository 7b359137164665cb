package dev.hone.demo.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.demo.http.Client;
import dev.hone.demo.http.Site;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

class GeneratorTest {
  private static final long PAUSE_MILLIS = 15;

  private record Ended(long latencyNanos, Generator.Outcome outcome) {}

  private static RandomGenerator random(long seed) {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }

  @Test
  void countsLatencyFromTheIntendedStartWhenTheServerStalls() throws Exception {
    BlockingQueue<Ended> all = new ArrayBlockingQueue<>(10_000);
    try (Site site = new Site(0)) {
      site.route(
          "/",
          _ -> {
            Thread.sleep(PAUSE_MILLIS);
            return Site.Answer.text(200, "ok");
          });
      site.start();
      try (Generator generator =
          generator(site, new Generator.Load(1_000, Duration.ofMinutes(1), 1, 60_000), all)) {
        generator.start();
        List<Long> due = dueTimes(7, 40);
        for (int i = 0; i < due.size(); i++) {
          Ended ended = next(all);
          assertThat(ended.outcome()).isEqualTo(Generator.Outcome.ANSWERED);
          long waited = TimeUnit.MILLISECONDS.toNanos((i + 1) * PAUSE_MILLIS) - due.get(i);
          assertThat(ended.latencyNanos()).as("request %d", i).isGreaterThanOrEqualTo(waited);
        }
      }
    }
  }

  @Test
  void countsARequestThatFindsNoPlaceAsDroppedWithTheWholeTimeOut() throws Exception {
    BlockingQueue<Ended> all = new ArrayBlockingQueue<>(10_000);
    CountDownLatch gate = new CountDownLatch(1);
    Duration timeout = Duration.ofSeconds(30);
    try (Site site = new Site(0)) {
      site.route(
          "/",
          _ -> {
            gate.await();
            return Site.Answer.text(200, "ok");
          });
      site.start();
      try (Generator generator = generator(site, new Generator.Load(2_000, timeout, 1, 1), all)) {
        generator.start();
        for (int i = 0; i < 50; i++) {
          Ended ended = next(all);
          assertThat(ended).isEqualTo(new Ended(timeout.toNanos(), Generator.Outcome.DROPPED));
        }
      } finally {
        gate.countDown();
      }
    }
  }

  @Test
  void countsAnErrorOfTheServerAsFailed() throws Exception {
    BlockingQueue<Ended> all = new ArrayBlockingQueue<>(10_000);
    try (Site site = new Site(0)) {
      site.route("/", _ -> Site.Answer.text(500, "broken"));
      site.start();
      try (Generator generator =
          generator(site, new Generator.Load(200, Duration.ofSeconds(20), 4, 100), all)) {
        generator.start();
        assertThat(next(all).outcome()).isEqualTo(Generator.Outcome.FAILED);
      }
    }
  }

  private static Generator generator(
      Site site, Generator.Load load, BlockingQueue<Ended> outcomes) {
    return new Generator(
        new Client(URI.create("http://127.0.0.1:" + site.port()), load.timeout()),
        random(7),
        load,
        (_, latency, outcome) -> outcomes.offer(new Ended(latency, outcome)));
  }

  /** The due times the generator draws, in its order of draws. */
  private static List<Long> dueTimes(long seed, int count) {
    RandomGenerator random = random(seed);
    Schedule schedule = new Schedule(random, 1_000);
    List<Long> due = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      due.add(schedule.next());
      Scenario.draw(random).address(random);
    }
    return due;
  }

  private static Ended next(BlockingQueue<Ended> all) throws InterruptedException {
    Ended ended = all.poll(20, TimeUnit.SECONDS);
    assertThat(ended).as("a request within 20 s").isNotNull();
    return ended;
  }
}
