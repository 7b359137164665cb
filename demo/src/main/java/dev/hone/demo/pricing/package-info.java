/** The pricing service that the shop's product page depends on. */
@NullMarked
package dev.hone.demo.pricing;

import org.jspecify.annotations.NullMarked;
