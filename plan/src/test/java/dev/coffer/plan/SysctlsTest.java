package dev.coffer.plan;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.coffer.model.CofferException;
import dev.coffer.model.Limits.KernelValue;
import dev.coffer.model.Namespace;
import dev.coffer.model.Origin;
import dev.coffer.model.Sourced;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SysctlsTest {
  private static final Set<Namespace> PRIVILEGED =
      Set.of(Namespace.NET, Namespace.IPC, Namespace.UTS, Namespace.PID, Namespace.MOUNT);

  private static void check(String name, Set<Namespace> own) {
    Sysctls.check(new Sourced<>(new KernelValue(name, "1"), Origin.option("test")), own);
  }

  @Test
  void settingsOfNamespacesOfItsOwnAreAllowed() {
    for (String name :
        new String[] {
          "net.ipv4.ip_forward", "kernel.shmmax", "fs.mqueue.msg_max", "kernel.hostname"
        }) {
      assertDoesNotThrow(() -> check(name, PRIVILEGED), name);
    }
  }

  @Test
  void settingsOfTheHostAreRefused() {
    for (String name :
        new String[] {"kernel.panic", "vm.swappiness", "fs.file-max", "kernel.shmx"}) {
      assertThrows(CofferException.class, () -> check(name, PRIVILEGED), name);
    }
    assertThrows(CofferException.class, () -> check("net.core.somaxconn", Set.of(Namespace.IPC)));
  }

  @Test
  void limitsOfUserNamespacesNeedOne() {
    String name = "user.max_inotify_instances";
    CofferException refused = assertThrows(CofferException.class, () -> check(name, PRIVILEGED));
    assertEquals(
        List.of(
            "from  test",
            "hint  it limits a user namespace, and the container has none: give it one with"
                + " coffer.idmap = auto; set it on the host with sysctl(8)"),
        refused.details());
    assertDoesNotThrow(() -> check(name, Set.of(Namespace.USER)));
  }

  @Test
  void inAUserNamespaceTheKernelDecides() {
    assertDoesNotThrow(() -> check("kernel.pid_max", Set.of(Namespace.USER)));
  }
}
