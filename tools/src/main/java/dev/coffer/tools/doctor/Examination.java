package dev.coffer.tools.doctor;

import java.util.ArrayList;
import java.util.List;

/** All findings about a machine, under their headings. */
public record Examination(List<Section> sections) {
  /** Findings about one subject. */
  public record Section(String title, List<Finding> findings) {
    public Section {
      findings = List.copyOf(findings);
    }
  }

  public Examination {
    sections = List.copyOf(sections);
  }

  public static Examination of(Machine machine) {
    return new Examination(
        List.of(
            new Section("Kernel", KernelChecks.examine(machine)),
            new Section("Control groups", CgroupChecks.examine(machine)),
            new Section("Confinement", ConfinementChecks.examine(machine)),
            new Section("Storage", StorageChecks.examine(machine)),
            new Section("Network", NetworkChecks.examine(machine)),
            new Section("Programs", ProgramChecks.examine(machine)),
            new Section("Limits for many containers", LimitChecks.examine(machine))));
  }

  /** Everything of one level. */
  public List<Finding> of(Finding.Level level) {
    List<Finding> found = new ArrayList<>();
    for (Section section : sections) {
      for (Finding finding : section.findings) {
        if (finding.level() == level) {
          found.add(finding);
        }
      }
    }
    return found;
  }
}
