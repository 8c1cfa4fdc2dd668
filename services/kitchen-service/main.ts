import { runService } from '@cafe-lumiere/runtime';
import { kitchenServer } from './kitchen-service.js';

void runService(kitchenServer);
