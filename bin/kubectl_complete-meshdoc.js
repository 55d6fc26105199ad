#!/usr/bin/env node
// Completion of `kubectl meshdoc`: kubectl 1.26 and newer run this with the words typed so far.
import '../dist/start.js';
