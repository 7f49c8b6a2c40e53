// What the systems of the KM paper's comparison were published to reach.

/** A published system; null where a figure is not known. */
export interface Published {
  readonly system: string;
  /** The recipe here that is its counterpart. */
  readonly recipe: string;
  /** LFW, verification accuracy, %. */
  readonly lfw: number | null;
  /** LFW, rank-1 identification rate of a closed set, %. */
  readonly rankOne: number | null;
  /** LFW, detection and identification rate at rank 1 and a false accept rate of 1 %, of an open set, %. */
  readonly dir: number | null;
  /** CFP frontal to frontal, verification accuracy, %. */
  readonly cfpFf: number | null;
  /** CFP frontal to profile, verification accuracy, %. */
  readonly cfpFp: number | null;
  /** Training images. */
  readonly images: number | null;
  /** Nets whose scores are joined for `lfw`, and for `rankOne`. */
  readonly nets: { readonly lfw: number | null; readonly rankOne: number | null };
  /** The paper that describes the system. */
  readonly source: string;
}

/** What to know before a published figure is set beside one of ours. */
export const publishedNote =
  "Published figures were reached under other conditions: 300 thousand to 200 million training images, larger nets, several " +
  "nets joined, other crops, and in MS-Celeb-1M's case with people of LFW among those trained on. They say what a system was " +
  "known for, not what its loss is worth beside the others here.";

/** Where the figures were printed, and why those of rank 1 are not the KM paper's. */
export const publishedSources =
  "LFW and CFP verification, images and nets: Rao, Yu, Yang, Feng, Knot Magnify Loss for Face Recognition, ICIP 2018, poster. " +
  "Its rank-1 table repeats its verification column, moved by a few rows, so rank-1 and DIR are those of the literature, as " +
  "collected by Wu, He, Sun, Tan, A Light CNN for Deep Face Representation with Noisy Labels, TIFS 2018 (closed and open set of " +
  "Best-Rowden et al., TIFS 2014); what softmax, KM and Center+KM reach there is not known.";

const km = "Rao, Yu, Yang, Feng, Knot Magnify Loss for Face Recognition, ICIP 2018";

/** The systems of the KM paper's tables, in the order of its first. */
export const published: readonly Published[] = [
  {
    system: "DeepFace",
    recipe: "deepface",
    lfw: 97.35,
    rankOne: 64.9,
    dir: 44.5,
    cfpFf: null,
    cfpFp: null,
    images: 4_000_000,
    nets: { lfw: 3, rankOne: 7 },
    source: "Taigman, Yang, Ranzato, Wolf, DeepFace, CVPR 2014",
  },
  {
    system: "Web-Scale",
    recipe: "web-scale",
    lfw: null,
    rankOne: 82.5,
    dir: 61.9,
    cfpFf: null,
    cfpFp: null,
    images: null,
    nets: { lfw: null, rankOne: 4 },
    source: "Taigman, Yang, Ranzato, Wolf, Web-Scale Training for Face Identification, CVPR 2015",
  },
  {
    system: "VGGFace",
    recipe: "vggface",
    lfw: 98.95,
    rankOne: 74.1,
    dir: 52.01,
    cfpFf: null,
    cfpFp: null,
    images: 2_600_000,
    nets: { lfw: 2, rankOne: 1 },
    source: "Parkhi, Vedaldi, Zisserman, Deep Face Recognition, BMVC 2015",
  },
  {
    system: "FaceNet",
    recipe: "facenet",
    lfw: 99.63,
    rankOne: null,
    dir: null,
    cfpFf: null,
    cfpFp: null,
    images: 200_000_000,
    nets: { lfw: 1, rankOne: null },
    source: "Schroff, Kalenichenko, Philbin, FaceNet, CVPR 2015",
  },
  {
    // The poster prints DeepID2, which reaches 99.15, beside DeepID2+'s figure and reference.
    system: "DeepID2+",
    recipe: "deepid2",
    lfw: 99.47,
    rankOne: 95,
    dir: 80.7,
    cfpFf: null,
    cfpFp: null,
    images: 300_000,
    nets: { lfw: 25, rankOne: 25 },
    source:
      "Sun, Wang, Tang, Deeply Learned Face Representations Are Sparse, Selective, and Robust, CVPR 2015",
  },
  {
    system: "Center Loss",
    recipe: "center",
    lfw: 99.28,
    rankOne: 94.05,
    dir: 69.97,
    cfpFf: null,
    cfpFp: null,
    images: 700_000,
    nets: { lfw: 1, rankOne: 1 },
    source:
      "Wen, Zhang, Li, Qiao, A Discriminative Feature Learning Approach for Deep Face Recognition, ECCV 2016",
  },
  {
    system: "SphereFace",
    recipe: "sphereface",
    lfw: 99.42,
    rankOne: null,
    dir: null,
    cfpFf: null,
    cfpFp: null,
    images: 500_000,
    nets: { lfw: 1, rankOne: null },
    source: "Liu, Wen, Yu, Li, Raj, Song, SphereFace, CVPR 2017",
  },
  {
    system: "softmax",
    recipe: "softmax",
    lfw: 99.1,
    rankOne: null,
    dir: null,
    cfpFf: 99.19,
    cfpFp: 91.27,
    images: 3_700_000,
    nets: { lfw: 1, rankOne: 1 },
    source: km,
  },
  {
    system: "KM",
    recipe: "km",
    lfw: 99.31,
    rankOne: null,
    dir: null,
    cfpFf: 99.43,
    cfpFp: 91.71,
    images: 3_700_000,
    nets: { lfw: 1, rankOne: 1 },
    source: km,
  },
  {
    system: "Center+KM",
    recipe: "km-center",
    lfw: 99.53,
    rankOne: null,
    dir: null,
    cfpFf: 99.46,
    cfpFp: 93.39,
    images: 3_700_000,
    nets: { lfw: 1, rankOne: 1 },
    source: km,
  },
];
