/**
 * What a container is to be: one neutral model that every configuration dialect is read into.
 * Values are immutable and keep their {@link dev.coffer.model.Origin}. Nothing here touches the
 * system.
 */
package dev.coffer.model;
