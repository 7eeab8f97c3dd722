/** Containers for Java programs: create, start, enter, inspect, stop, destroy. */
package dev.coffer;
