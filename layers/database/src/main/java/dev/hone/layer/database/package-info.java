@NullMarked
package dev.hone.layer.database;

import org.jspecify.annotations.NullMarked;
