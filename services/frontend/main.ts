import { runService } from '@cafe-lumiere/runtime';
import { frontendServer } from './frontend.js';

void runService(frontendServer);
