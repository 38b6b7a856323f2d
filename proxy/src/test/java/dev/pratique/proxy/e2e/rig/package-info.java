/** What end-to-end tests stand on: other people's programs, upstreams that misbehave, and the proxy as its own process. */
package dev.pratique.proxy.e2e.rig;
