package dev.hone.layer.host;

/** A process with many threads, that starts further ones all the time. */
final class Burner {
  private Burner() {}

  @SuppressWarnings("BusyWait")
  public static void main(String[] args) throws Exception {
    for (int i = 0; i < 8; i++) {
      Thread.ofPlatform().daemon().start(Burner::rest);
    }
    System.out.println("ready");
    while (System.in.available() == 0) {
      Thread.ofPlatform().daemon().start(() -> Thread.ofPlatform().start(Burner::blink)).join();
      Thread.sleep(1);
    }
  }

  private static void rest() {
    try {
      Thread.sleep(600_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void blink() {
    try {
      Thread.sleep(20);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
