package dev.coffer.network;

import dev.coffer.linux.LockFile;
import dev.coffer.model.CofferException;
import dev.coffer.model.plan.BridgeStep;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Carries out what one start does for bridges. */
final class BridgeRunner implements AutoCloseable {
  private final Map<String, LockFile> joining = new HashMap<>();

  void run(BridgeStep step) {
    try {
      switch (step) {
        case BridgeStep.EnsureNetwork network -> Networks.system().ensure(network.bridge());
        case BridgeStep.JoinZone zone -> {
          if (!joining.containsKey(zone.bridge())) {
            joining.put(zone.bridge(), Networks.system().joinZone(zone.bridge()));
          }
        }
      }
    } catch (CofferException e) {
      List<String> details = new ArrayList<>();
      details.add("from  " + step.origin().describe());
      details.addAll(e.details());
      throw new CofferException("cannot " + step.describe() + ": " + e.getMessage(), details);
    }
  }

  /** A zone with a port stays without a lock. */
  void attached(String bridge) {
    LockFile lock = joining.remove(bridge);
    if (lock != null) {
      lock.close();
    }
  }

  @Override
  public void close() {
    joining.values().forEach(LockFile::close);
    joining.clear();
  }
}
