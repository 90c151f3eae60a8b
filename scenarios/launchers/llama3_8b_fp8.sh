#!/bin/bash
# A Megatron-LM run as people keep it: variables, arrays, a condition. For docs/launchers.md.
export CUDA_DEVICE_MAX_CONNECTIONS=1
SAVE=${1:-"checkpoints/llama3_8b"}
DTYPE=${DTYPE:-"fp8"}
GPUS_PER_NODE=8
NNODES=${NNODES:-2}

MODEL_ARGS=(
    --num-layers 32
    --hidden-size 4096
    --ffn-hidden-size 14336
    --num-attention-heads 32
    --group-query-attention
    --num-query-groups 8
    --swiglu
    --position-embedding-type rope --rotary-base 500000
    --normalization RMSNorm
    --untie-embeddings-and-output-weights
    --disable-bias-linear
    --attention-dropout 0.0 --hidden-dropout 0.0
)
TRAINING_ARGS=(
    --micro-batch-size 1
    --global-batch-size 128
    --seq-length 8192
    --train-iters 5000 --lr 1.5e-4 --min-lr 1.0e-5 --weight-decay 0.1
    --bf16 --grad-reduce-in-bf16
    --cross-entropy-loss-fusion
    --empty-unused-memory-level 1
    --our-own-switch 3
)
if [[ "$DTYPE" == "fp8" ]]; then
    TRAINING_ARGS+=("--fp8-format hybrid" "--fp8-param-gather")
fi
PARALLEL_ARGS=(
    --tensor-model-parallel-size 2
    --sequence-parallel   # norms over the tensor group
    --use-distributed-optimizer --overlap-grad-reduce --overlap-param-gather
    # --tp-comm-overlap
)
torchrun --nproc_per_node $GPUS_PER_NODE --nnodes "$NNODES" pretrain_gpt.py \
    "${MODEL_ARGS[@]}" ${TRAINING_ARGS[@]} "${PARALLEL_ARGS[@]}" \
    --tokenizer-type HuggingFaceTokenizer --tokenizer-model meta-llama/Meta-Llama-3-8B \
    --mock-data --save "$SAVE"
