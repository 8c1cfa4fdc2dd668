import { runService } from '../runtime/service.js';
import { orderService } from './order-service.js';

await runService(orderService);
