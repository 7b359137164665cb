package dev.hone.bench;

import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code hone bench durability}: what was acknowledged survives {@code kill -9}. */
@Command(
    name = "durability",
    description = "kill -9 under full load, damaged files, and what a restart costs.")
final class DurabilityBenchmark implements Callable<Integer> {
  private static final int WRITERS = 2;

  /** Lives after which a server begins with nothing stored. */
  private static final int LIVES = 10;

  @ParentCommand private Bench bench = new Bench();
  @Mixin private Peers peers = new Peers();

  @Option(names = "--kills", defaultValue = "100")
  private int kills;

  @Option(names = "--damages", defaultValue = "10", description = "Damaged files of each sort.")
  private int damages;

  @Option(names = "--seed", defaultValue = "1")
  private long seed;

  /** A stream and how many of its requests were acknowledged. */
  private record Sent(KillStream stream, int acknowledged) {}

  @Override
  public Integer call() throws Exception {
    Figures figures = bench.figures();
    var random = new SplittableRandom(seed);
    var total = new KillStream.Found(0, 0, 0);
    for (int done = 0; done < kills; done += LIVES) {
      total = total.plus(lives(Math.min(LIVES, kills - done), random));
      System.err.printf("%d of %d kills: %s%n", Math.min(kills, done + LIVES), kills, total);
    }
    figures.report("durability.kills", kills, "kills");
    figures.report(
        "durability.acknowledged", (double) (total.exact() + total.missing()), "samples");
    figures.add("durability.lost", (double) total.missing(), "samples", new Goal("<=0"));
    figures.add("durability.wrong", (double) total.wrong(), "samples", new Goal("<=0"));
    Damage.run(peers.subject(), damages, random, figures);
    Restart.run(peers, figures);
    return figures.allHold() ? 0 : 1;
  }

  /** Kills one server some times; checks each life after its end and all of them at last. */
  private KillStream.Found lives(int count, SplittableRandom random) throws Exception {
    var all = new ArrayList<Sent>();
    try (Server server = Server.start(peers.subject())) {
      for (int life = 0; life < count; life++) {
        long start = InstantSource.system().millis() - KillStream.LONGEST * 1_000L;
        List<Sent> sent = life(server, life, start, 20 + random.nextInt(1_980));
        server.restart();
        check(server, sent);
        all.addAll(sent);
      }
      return check(server, all);
    }
  }

  private static KillStream.Found check(Server server, List<Sent> sent) throws IOException {
    var total = new KillStream.Found(0, 0, 0);
    try (Connection connection = server.connect()) {
      for (Sent one : sent) {
        KillStream.Found found = one.stream().check(connection, one.acknowledged());
        if (found.missing() > 0 || found.wrong() > 0) {
          System.err.println(one + ": " + found);
        }
        total = total.plus(found);
      }
    }
    return total;
  }

  /** Writes as fast as the server takes it and kills the server in the middle of that. */
  private static List<Sent> life(Server server, int life, long start, int millis) throws Exception {
    var sent = new ArrayList<Sent>();
    try (ExecutorService workers = Executors.newFixedThreadPool(WRITERS)) {
      var writers = new ArrayList<Future<Sent>>();
      var begun = new CountDownLatch(WRITERS);
      for (int writer = 0; writer < WRITERS; writer++) {
        var stream = new KillStream(life, writer, start);
        Connection connection = server.connect();
        writers.add(workers.submit(() -> write(connection, stream, begun)));
      }
      if (!begun.await(60, TimeUnit.SECONDS)) {
        throw new IOException("the server took no request in 60 s: " + server.output());
      }
      TimeUnit.MILLISECONDS.sleep(millis);
      server.kill();
      for (Future<Sent> writer : writers) {
        sent.add(writer.get());
      }
    }
    return sent;
  }

  private static Sent write(Connection connection, KillStream stream, CountDownLatch begun)
      throws IOException {
    var encoder = new RemoteWrite();
    int acknowledged = 0;
    try (connection) {
      while (acknowledged < KillStream.LONGEST) {
        byte[] request = stream.request(encoder, acknowledged);
        Connection.Reply reply = connection.post(RemoteWrite.PATH, RemoteWrite.HEADERS, request);
        if (reply.status() / 100 != 2) {
          throw new IllegalStateException("refused: " + reply.status() + " " + reply.text());
        }
        acknowledged++;
        begun.countDown();
      }
    } catch (IOException e) {
      return new Sent(stream, acknowledged);
    }
    return new Sent(stream, acknowledged);
  }
}
