// The recipes by name.
import type { Recipe, RecipeSettings } from "../recipe.ts";
import { center, kmCenter } from "./center.ts";
import { cosface } from "./cosface.ts";
import { deepface } from "./deepface.ts";
import { deepid2 } from "./deepid2.ts";
import { facenet } from "./facenet.ts";
import { km } from "./km.ts";
import { softmax } from "./softmax.ts";
import { sphereface } from "./sphereface.ts";
import { vggface } from "./vggface.ts";
import { webScale } from "./web_scale.ts";

/** Every system of the KM paper, and CosFace; each takes of the settings what it knows. */
export const recipes = {
  softmax,
  km,
  center,
  "km-center": kmCenter,
  sphereface,
  facenet,
  vggface,
  deepid2,
  deepface,
  "web-scale": webScale,
  cosface,
} as const satisfies { readonly [name: string]: (settings?: RecipeSettings) => Recipe };

/** A key of `recipes`. */
export type RecipeName = keyof typeof recipes;
