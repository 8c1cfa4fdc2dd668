import { runService } from '@cafe-lumiere/runtime';
import { orderServer } from './order-service.js';

void runService(orderServer);
