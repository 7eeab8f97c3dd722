/**
 * Planning: pure functions from a {@link dev.coffer.model.ContainerSpec} and {@link
 * dev.coffer.plan.HostFacts} to a {@link dev.coffer.model.plan.Plan}, and from failures to hints.
 */
package dev.coffer.plan;
