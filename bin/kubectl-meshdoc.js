#!/usr/bin/env node
// `kubectl meshdoc`: kubectl starts a plugin by the name of its file.
import '../dist/start.js';
